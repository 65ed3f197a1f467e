// Package jsvm runs generated JavaScript while a site is built, in an engine
// that is part of the program: for the proof that both engines agree.
//
// It takes a classic script, which several engines can share compiled, and gives
// a VM whose functions take and return text. It is the only home of the JavaScript
// engine.
//
// Invariant: a script cannot run for ever, and its failure is an error that
// names what failed, never a panic.
package jsvm

import (
	"fmt"
	"time"

	"modernc.org/quickjs"
)

// VM is one JavaScript engine. It is not safe for concurrent use.
type VM struct{ vm *quickjs.VM }

// limit bounds a single call. Generated rules need microseconds; the readers of
// a large topology need seconds.
const limit = 60 * time.Second

// maxStack is the engine's stack in bytes, enough for nesting that the readers accept.
const maxStack = 16 << 20

// collectAt is how many bytes the engine holds when it first looks for cycles that
// nothing refers to. What it runs is short, and leaves few of them.
const collectAt = 64 << 20

// dispatch calls a function by its path, so that the argument crosses as a
// value and is never parsed as code.
const (
	dispatch   = "plumblineDispatch"
	dispatcher = "globalThis." + dispatch + " = (path, argument) => path.split('.').reduce((o, name) => o[name], globalThis)(argument);"
)

// Program is a script that engines can run without compiling it again.
type Program struct{ dispatcher, script []byte }

// Compile compiles a script, and returns the engine that did, which has run it.
func Compile(script string) (Program, *VM, error) {
	var p Program
	v, err := start()
	if err != nil {
		return p, nil, err
	}
	for _, part := range []struct {
		into *[]byte
		code string
	}{{&p.dispatcher, dispatcher}, {&p.script, script}} {
		if *part.into, err = v.vm.Compile(part.code, quickjs.EvalGlobal); err != nil {
			return p, nil, v.abandon(fmt.Errorf("JavaScript: %w", err))
		}
	}
	return p, v, p.run(v)
}

// New returns another engine that has run the program.
func (p Program) New() (*VM, error) {
	v, err := start()
	if err != nil {
		return nil, err
	}
	return v, p.run(v)
}

// run runs the program, and closes an engine in which it fails.
func (p Program) run(v *VM) error {
	for _, code := range [][]byte{p.dispatcher, p.script} {
		if _, err := v.vm.EvalBytecode(code); err != nil {
			return v.abandon(fmt.Errorf("JavaScript: %w", err))
		}
	}
	return nil
}

// New returns an engine that has run the script.
func New(script string) (*VM, error) {
	v, err := start()
	if err != nil {
		return nil, err
	}
	for _, code := range []string{dispatcher, script} {
		if _, err := v.Eval(code); err != nil {
			return nil, v.abandon(err)
		}
	}
	return v, nil
}

func start() (*VM, error) {
	m, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	v := &VM{m}
	m.SetMaxStackSize(maxStack)
	m.SetGCThreshold(collectAt)
	if err := m.SetEvalTimeout(limit); err != nil {
		return nil, v.abandon(err)
	}
	return v, nil
}

func (v *VM) abandon(err error) error {
	_ = v.Close()
	return err
}

// Eval runs code and returns its result as String(result) gives it.
func (v *VM) Eval(code string) (string, error) {
	r, err := v.vm.Eval(code, quickjs.EvalGlobal)
	if err != nil {
		return "", fmt.Errorf("JavaScript: %w", err)
	}
	return fmt.Sprint(r), nil
}

// Call calls a function of one text argument that returns text. function is a
// global name or a property of one, "plumbline.example".
func (v *VM) Call(function, argument string) (string, error) {
	r, err := v.vm.Call(dispatch, function, argument)
	if err != nil {
		return "", fmt.Errorf("JavaScript: %s: %w", function, err)
	}
	s, ok := r.(string)
	if !ok {
		return "", fmt.Errorf("JavaScript: %s gave a %T, not text", function, r)
	}
	return s, nil
}

// Close frees the engine.
func (v *VM) Close() error { return v.vm.Close() }
