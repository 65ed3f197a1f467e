package build

import (
	"runtime"
	"strconv"
	"sync"

	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/topology"
)

// engine is a JavaScript engine with the topologies that it has loaded.
type engine struct {
	vm    *jsvm.VM
	bases map[*topology.Base]int
}

// load returns the number by which the engine knows a topology.
func (e *engine) load(base *topology.Base) (int, error) {
	number, loaded := e.bases[base]
	if loaded {
		return number, nil
	}
	text, err := e.vm.Call("plumbline.load", base.JSON())
	if err != nil {
		return 0, err
	}
	if number, err = strconv.Atoi(text); err == nil {
		e.bases[base] = number
	}
	return number, err
}

// onEngines does work for each number below n. An engine serves one caller at a
// time, so each processor has its own; start is called with each. The error is
// that of an engine that did not start.
func onEngines(script string, n int, start func(*engine) func(i int)) error {
	next := make(chan int)
	var running sync.WaitGroup
	var once sync.Once
	var broke error
	for range min(runtime.GOMAXPROCS(0), n) {
		running.Go(func() {
			vm, err := jsvm.New(script)
			work := func(int) {}
			if err != nil {
				once.Do(func() { broke = err })
			} else {
				defer vm.Close()
				work = start(&engine{vm, map[*topology.Base]int{}})
			}
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	running.Wait()
	return broke
}
