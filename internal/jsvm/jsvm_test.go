package jsvm

import (
	"strings"
	"testing"
)

func TestCall(t *testing.T) {
	vm, err := New(`var lib = { greet: (s) => "hello " + s, size: (s) => s.length, boom: () => { throw new Error("no") } };`)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	if got, err := vm.Call("lib.greet", "a\x00b \u2028 \"😀"); err != nil || got != "hello a\x00b \u2028 \"😀" {
		t.Errorf("greet = %q, %v", got, err)
	}
	if _, err := vm.Call("lib.size", "x"); err == nil {
		t.Error("a number passed as text")
	}
	if _, err := vm.Call("lib.boom", ""); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("boom: %v", err)
	}
	if got, err := vm.Eval("1n << 70n"); err != nil || got != "1180591620717411303424" {
		t.Errorf("bigint = %q, %v", got, err)
	}
}

// TestProgram: engines of one program share nothing but its code.
func TestProgram(t *testing.T) {
	p, first, err := Compile(`var n = 0; var lib = { next: (s) => s + ++n };`)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := p.New()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	for _, vm := range []*VM{first, second} {
		if got, err := vm.Call("lib.next", "ß"); err != nil || got != "ß1" {
			t.Errorf("next = %q, %v", got, err)
		}
	}
	if _, _, err := Compile("let x = ;"); err == nil {
		t.Error("a script with a syntax error compiled")
	}
	if _, _, err := Compile("throw new Error('no')"); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("a script that fails: %v", err)
	}
}

func TestNewReportsBrokenScript(t *testing.T) {
	if _, err := New("let x = ;"); err == nil {
		t.Error("a script with a syntax error started")
	}
}
