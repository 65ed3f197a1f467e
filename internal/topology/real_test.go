package topology_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shared is material beside the repository that is not part of it.
const shared = "../../../shared/real"

// realFiles lists the real templates, where they are present.
func realFiles(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, folder := range []string{"arm-template", "bicep-compiled"} {
		paths, err := filepath.Glob(filepath.Join(shared, folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, paths...)
	}
	if len(out) == 0 {
		t.Skip("../shared is absent")
	}
	return out
}

func readFile(t testing.TB, path string) file {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file{filepath.Base(path), string(text)}
}

// TestRealTemplates reads every real template with the founding model: both
// engines give the same, without a problem.
func TestRealTemplates(t *testing.T) {
	e := newEngines(t, founding())
	for _, path := range realFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			in := input{Files: []file{readFile(t, path)}}
			got := e.read(t, in)
			if problems := e.goTopology(in).Problems; len(problems) > 0 {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestSymbolicNames: the same Bicep file compiled to a list of resources and to
// a map of symbolic names is the same topology.
func TestSymbolicNames(t *testing.T) {
	if _, err := os.Stat(shared); err != nil {
		t.Skip("../shared is absent")
	}
	e := newEngines(t, founding())
	place := regexp.MustCompile(`bicep-azure-bastion\S*:\d+:\d+ \S*|bicep-azure-bastion\S*`)
	list := e.read(t, input{Files: []file{readFile(t, shared+"/bicep-compiled/bicep-azure-bastion.json")}})
	symbolic := e.read(t, input{Files: []file{readFile(t, shared+"/bicep-compiled/bicep-azure-bastion.symbolic.json")}})
	if a, b := place.ReplaceAllString(list, ""), place.ReplaceAllString(symbolic, ""); a != b {
		t.Errorf("the forms differ%s", firstDifference(a, b))
	}
}

// TestMergedTemplates: three templates of one deployment are one topology, in
// which a subnet of one stands in the network of another.
func TestMergedTemplates(t *testing.T) {
	if _, err := os.Stat(shared); err != nil {
		t.Skip("../shared is absent")
	}
	e := newEngines(t, founding())
	in := input{Scope: "/subscriptions/00000000-0000-0000-0000-000000000001"}
	for _, name := range []string{"alz-vwan-connectivity", "alz-vwan-sidecar", "alz-bastion"} {
		in.Files = append(in.Files, readFile(t, shared+"/arm-template/"+name+".json"))
	}
	for name, value := range map[string]string{
		"topLevelManagementGroupPrefix": "alz", "location": "westeurope",
		"connectivitySubscriptionId": "00000000-0000-0000-0000-000000000001", "enableHub": "vwan", "enableAzFw": "Yes",
		"enablevWANRoutingIntent": "Yes", "enablevWANRoutingIntentSecondary": "No", "rgName": "rg-conn", "addressPrefix": "10.100.0.0/23",
		"vnetName": "vnet-sidecar", "vnetIpPrefix": "10.101.0.0/24", "resourceGroupOverride": "rg-conn",
		"vwanHubResourceId":     "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-conn/providers/Microsoft.Network/virtualHubs/vhub-alz-prod-westeurope",
		"bastionSubnetIpPrefix": "10.101.0.0/26", "bastionHostName": "bas-alz",
	} {
		in.Parameters = append(in.Parameters, param{file{name, value}, true})
	}
	got := e.read(t, in)
	for _, want := range []string{
		"hubConnections: [→vnet-sidecar]", "hub: →vhub-alz-prod-westeurope", "virtualWan: →vwan-alz-prod-westeurope",
		"subnets: [→AzureBastionSubnet]", "virtualNetwork: →vnet-sidecar", `sku: "Premium"`, "prefixes: [\"10.101.0.0/26\"]",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// TestRealResponses reads every real answer of Azure, each alone and all of them
// as one topology: both engines give the same, without an error.
func TestRealResponses(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(shared, "arm-response", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("../shared is absent")
	}
	e := newEngines(t, founding())
	all := input{}
	read := func(name string, in input) {
		t.Run(name, func(t *testing.T) {
			got := e.read(t, in)
			if top := e.goTopology(in); top.Problems.HasErrors() || top.Format != "resources" || top.World == nil {
				t.Errorf("%s", got)
			}
		})
	}
	for _, path := range paths {
		in := input{Files: []file{readFile(t, path)}}
		all.Files = append(all.Files, in.Files...)
		read(filepath.Base(path), in)
	}
	read("all", all)
}
