package topology_test

import (
	"strings"
	"testing"
)

// Native topologies in several files are one: objects refer to each other across
// them, and each has the place in its own file.
func TestNativeFilesAreOneTopology(t *testing.T) {
	e := newEngines(t, founding())
	network := file{"network.yaml", "virtualNetworks:\n  - name: hub\nsubnets:\n  - { name: AzureBastionSubnet, virtualNetwork: hub, prefixes: [10.0.0.0/26] }\ndeclared: { customPorts: [2222], onPremisesPrefixes: [10.9.0.0/16] }\n"}
	bastion := file{"bastion.yaml", "bastions:\n  - { name: b, sku: Basic, subnet: AzureBastionSubnet }\nvirtualNetworks:\n  - name: spoke\ndeclared: { customPorts: [22222] }\n"}
	both := e.read(t, input{Files: []file{network, bastion}})
	for _, want := range []string{"network.yaml, bastion.yaml", "bastion.yaml:2:5", "bastion.yaml:4:5", "network.yaml:2:5", "22222", "10.9.0.0/16", "/virtualNetworks/0"} {
		if !strings.Contains(both, want) {
			t.Errorf("%q is not in it:\n%s", want, both)
		}
	}
	if strings.Contains(both, "[2222]") || strings.Contains(both, "error") {
		t.Errorf("the later fact does not count, or there are problems:\n%s", both)
	}
	alone := e.read(t, input{Files: []file{bastion}})
	if want := "input/dangling-reference"; !strings.Contains(alone, want) {
		t.Errorf("%s is missing where the subnet is in no file:\n%s", want, alone)
	}
	for want, texts := range map[string][]string{
		"the first one is at 1.yaml:2:5; give each":  {"virtualNetworks:\n  - name: hub\n", "virtualNetworks:\n  - name: HUB\n"},
		"the first one is at line 2, column 5; give": {"bastions:\n", "virtualNetworks:\n  - name: hub\n  - name: hub\n"},
		"the topology is empty":                      {"virtualNetworks:\n  - name: hub\n", ""},
		`"declared" must be a map of facts`:          {"declared: []\n", "declared: { customPorts: [1] }\n"},
		"must be a list of objects":                  {"virtualNetworks: 7\n", "virtualNetworks:\n  - name: hub\n"},
		"unknown collection":                         {"virtualNetworks:\n  - name: hub\n", "virtualMachine:\n  - name: vm\n"},
	} {
		in := input{}
		for i, text := range texts {
			in.Files = append(in.Files, file{string(rune('1'+i)) + ".yaml", text})
		}
		if got := e.read(t, in); !strings.Contains(got, want) {
			t.Errorf("%q is not said of %q:\n%s", want, texts, got)
		}
	}
	declared := &file{"declared.yaml", "customPorts: [4444]"}
	if got := e.read(t, input{Files: []file{network, bastion}, Declared: declared}); !strings.Contains(got, "4444") || strings.Contains(got, "22222") {
		t.Errorf("the option does not come last:\n%s", got)
	}
}
