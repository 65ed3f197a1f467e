package build

import (
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/topology"
)

// engine is a JavaScript engine with the topologies that it has loaded.
type engine struct {
	vm     *jsvm.VM
	loaded map[any]int
}

// load returns the number by which the engine knows a topology. key tells it from
// others.
func (e *engine) load(key any, base *topology.Base) (int, error) {
	number, loaded := e.loaded[key]
	if loaded {
		return number, nil
	}
	text, err := e.vm.Call("plumbline.load", base.JSON())
	if err != nil {
		return 0, err
	}
	if number, err = strconv.Atoi(text); err == nil {
		e.loaded[key] = number
	}
	return number, err
}

// script is what engines run. It is compiled once, when somebody asks for it.
type script struct {
	text    string
	once    sync.Once
	done    chan struct{}
	program jsvm.Program
	err     error
}

func newScript(text string) *script { return &script{text: text, done: make(chan struct{})} }

// compile begins to compile, beside the caller.
func (s *script) compile() {
	s.once.Do(func() {
		go func() {
			defer close(s.done)
			s.program, s.err = jsvm.Compile(s.text)
		}()
	})
}

// ready reports whether an engine can start at once.
func (s *script) ready() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// start returns an engine that has run the script.
func (s *script) start() (*engine, error) {
	s.compile()
	<-s.done
	if s.err != nil {
		return nil, s.err
	}
	vm, err := s.program.New()
	if err != nil {
		return nil, err
	}
	return &engine{vm, map[any]int{}}, nil
}

// onEngines does work for each number below n. An engine serves one caller at a
// time, so each processor has its own; begin is called with each. The error is
// that of an engine that did not start.
func onEngines(s *script, n int, begin func(*engine) func(i int)) error {
	var once sync.Once
	var broke error
	share(runtime.GOMAXPROCS(0), n, func(next func() (int, bool)) {
		e, err := s.start()
		if err != nil {
			once.Do(func() { broke = err })
			return
		}
		defer e.vm.Close()
		work := begin(e)
		for i, more := next(); more; i, more = next() {
			work(i)
		}
	})
	return broke
}

// share has a number of workers, one at least, work on the numbers below n: work
// takes the next one until there are no more.
func share(number, n int, work func(next func() (int, bool))) {
	var taken atomic.Int64
	var workers sync.WaitGroup
	for range min(max(number, 1), n) {
		workers.Go(func() {
			work(func() (int, bool) {
				i := int(taken.Add(1)) - 1
				return i, i < n
			})
		})
	}
	workers.Wait()
}
