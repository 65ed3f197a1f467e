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

// program compiles a script once, when it is first asked for.
func program(script string) func() (jsvm.Program, error) {
	return sync.OnceValues(func() (jsvm.Program, error) { return jsvm.Compile(script) })
}

// onEngines does work for each number below n. An engine serves one caller at a
// time, so each processor has its own; start is called with each. The error is
// that of an engine that did not start.
func onEngines(program func() (jsvm.Program, error), n int, start func(*engine) func(i int)) error {
	var once sync.Once
	var broke error
	share(n, func(next func() (int, bool)) {
		compiled, err := program()
		var vm *jsvm.VM
		if err == nil {
			vm, err = compiled.New()
		}
		if err != nil {
			once.Do(func() { broke = err })
			return
		}
		defer vm.Close()
		work := start(&engine{vm, map[any]int{}})
		for i, more := next(); more; i, more = next() {
			work(i)
		}
	})
	return broke
}

// share has every processor work on the numbers below n: work takes the next one
// until there are no more.
func share(n int, work func(next func() (int, bool))) {
	var taken atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			work(func() (int, bool) {
				i := int(taken.Add(1)) - 1
				return i, i < n
			})
		})
	}
	workers.Wait()
}
