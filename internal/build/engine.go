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

// engines are those of one script, which is compiled once, when somebody asks for it.
type engines struct {
	script string
	once   sync.Once
	ready  chan struct{} // closed when the script is compiled

	program jsvm.Program
	err     error

	mu   sync.Mutex
	idle []*engine
}

func newEngines(script string) *engines { return &engines{script: script, ready: make(chan struct{})} }

// compile begins to compile, beside the caller.
func (s *engines) compile() {
	s.once.Do(func() {
		go func() {
			defer close(s.ready)
			var first *jsvm.VM
			if s.program, first, s.err = jsvm.Compile(s.script); s.err == nil {
				s.stop(&engine{first, map[any]int{}})
			}
		}()
	})
}

// start returns an engine that has run the script, an idle one where there is one.
func (s *engines) start() (*engine, error) {
	s.compile()
	<-s.ready
	if s.err != nil {
		return nil, s.err
	}
	if e := s.rest(); e != nil {
		return e, nil
	}
	vm, err := s.program.New()
	if err != nil {
		return nil, err
	}
	return &engine{vm, map[any]int{}}, nil
}

// rest takes an idle engine, if there is one.
func (s *engines) rest() *engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.idle) - 1
	if n < 0 {
		return nil
	}
	e := s.idle[n]
	s.idle = s.idle[:n]
	return e
}

// stop takes an engine back that nobody needs now.
func (s *engines) stop(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, e)
}

// close frees all engines, none of which is in use.
func (s *engines) close() {
	s.once.Do(func() { close(s.ready) }) // nobody asked for one
	<-s.ready
	for e := s.rest(); e != nil; e = s.rest() {
		_ = e.vm.Close()
	}
}

// onEngines does work for each number below n. An engine serves one caller at a
// time, so each processor has its own; begin is called with each. The error is
// that of an engine that did not start.
func onEngines(s *engines, n int, begin func(*engine) func(i int)) error {
	var once sync.Once
	var broke error
	share(runtime.GOMAXPROCS(0), n, func(next func() (int, bool)) {
		e, err := s.start()
		if err != nil {
			once.Do(func() { broke = err })
			return
		}
		defer s.stop(e)
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
