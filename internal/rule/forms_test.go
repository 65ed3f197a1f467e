package rule

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
)

const group = "/subscriptions/s1/resourceGroups/rg"

// deployment is a hub with a Bastion, a peered spoke with a machine, and what
// belongs to them, as Azure returns it.
const deployment = `[
{"id": "RG/providers/Microsoft.Network/virtualNetworks/hub", "name": "hub", "type": "Microsoft.Network/virtualNetworks", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
  "subnets": [{"id": "RG/providers/Microsoft.Network/virtualNetworks/hub/subnets/AzureBastionSubnet", "name": "AzureBastionSubnet", "properties": {"addressPrefix": "10.0.0.0/26", "networkSecurityGroup": {"id": "RG/providers/Microsoft.Network/networkSecurityGroups/nsg-bastion"}}}],
  "virtualNetworkPeerings": [{"id": "RG/providers/Microsoft.Network/virtualNetworks/hub/virtualNetworkPeerings/spoke", "name": "spoke", "properties": {"allowVirtualNetworkAccess": true, "peeringState": "Connected", "remoteVirtualNetwork": {"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke"}}}]}},
{"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke", "name": "spoke", "type": "Microsoft.Network/virtualNetworks", "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
  "subnets": [{"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke/subnets/vms", "name": "vms", "properties": {"addressPrefixes": ["10.1.0.0/24"], "networkSecurityGroup": {"id": "RG/providers/Microsoft.Network/networkSecurityGroups/nsg-vms"}}}, {"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke/subnets/open", "name": "open", "properties": {"addressPrefix": "10.1.1.0/24"}}],
  "virtualNetworkPeerings": [{"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke/virtualNetworkPeerings/hub", "name": "hub", "properties": {"allowVirtualNetworkAccess": true, "peeringState": "Connected", "remoteVirtualNetwork": {"id": "RG/providers/Microsoft.Network/virtualNetworks/hub"}}}]}},
{"id": "RG/providers/Microsoft.Network/networkSecurityGroups/nsg-bastion", "name": "nsg-bastion", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": []}},
{"id": "RG/providers/Microsoft.Network/networkSecurityGroups/nsg-vms", "name": "nsg-vms", "type": "Microsoft.Network/networkSecurityGroups", "properties": {"securityRules": [
  {"id": "RG/providers/Microsoft.Network/networkSecurityGroups/nsg-vms/securityRules/ssh", "name": "ssh", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}},
{"id": "RG/providers/Microsoft.Network/publicIPAddresses/pip-bastion", "name": "pip-bastion", "type": "Microsoft.Network/publicIPAddresses", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"}},
{"id": "RG/providers/Microsoft.Network/publicIPAddresses/pip-vm", "name": "pip-vm", "type": "Microsoft.Network/publicIPAddresses", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"}},
{"id": "RG/providers/Microsoft.Network/bastionHosts/bas", "name": "bas", "type": "Microsoft.Network/bastionHosts", "sku": {"name": "Standard"}, "properties": {"enableIpConnect": false, "enableTunneling": true,
  "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": "RG/providers/Microsoft.Network/virtualNetworks/hub/subnets/AzureBastionSubnet"}, "publicIPAddress": {"id": "RG/providers/Microsoft.Network/publicIPAddresses/pip-bastion"}}}]}},
{"id": "RG/providers/Microsoft.Network/networkInterfaces/nic", "name": "nic", "type": "Microsoft.Network/networkInterfaces", "properties": {"virtualMachine": {"id": "RG/providers/Microsoft.Compute/virtualMachines/vm"},
  "ipConfigurations": [{"id": "RG/providers/Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip", "name": "ip", "properties": {"privateIPAllocationMethod": "Static", "privateIPAddress": "10.1.0.4", "subnet": {"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke/subnets/vms"}, "publicIPAddress": {"id": "RG/providers/Microsoft.Network/publicIPAddresses/pip-vm"}}}]}},
{"id": "RG/providers/Microsoft.Network/networkInterfaces/nic2", "name": "nic2", "type": "Microsoft.Network/networkInterfaces", "properties": {"virtualMachine": {"id": "RG/providers/Microsoft.Compute/virtualMachines/vm2"},
  "ipConfigurations": [{"id": "RG/providers/Microsoft.Network/networkInterfaces/nic2/ipConfigurations/ip", "name": "ip", "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": {"id": "RG/providers/Microsoft.Network/virtualNetworks/spoke/subnets/open"}}}]}},
{"id": "RG/providers/Microsoft.Compute/virtualMachines/vm", "name": "vm", "type": "Microsoft.Compute/virtualMachines", "properties": {"storageProfile": {"osDisk": {"osType": "Linux"}}, "osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": false}},
  "networkProfile": {"networkInterfaces": [{"id": "RG/providers/Microsoft.Network/networkInterfaces/nic"}]}}},
{"id": "RG/providers/Microsoft.Compute/virtualMachines/vm2", "name": "vm2", "type": "Microsoft.Compute/virtualMachines", "properties": {"storageProfile": {"osDisk": {"osType": "Windows"}}, "osProfile": {"windowsConfiguration": {}},
  "networkProfile": {"networkInterfaces": [{"id": "RG/providers/Microsoft.Network/networkInterfaces/NIC2"}]}}},
{"id": "RG/providers/Microsoft.OperationalInsights/workspaces/logs", "name": "logs", "type": "Microsoft.OperationalInsights/workspaces", "properties": {"sku": {"name": "PerGB2018"}}},
{"id": "RG/providers/Microsoft.Network/bastionHosts/bas/providers/Microsoft.Insights/diagnosticSettings/audit", "name": "audit", "type": "Microsoft.Insights/diagnosticSettings", "properties": {"workspaceId": "RG/providers/Microsoft.OperationalInsights/workspaces/logs", "logs": [{"category": "BastionAuditLogs", "enabled": true}]}}
]`

type object = map[string]any

func deployed(t *testing.T) []object {
	t.Helper()
	var out []object
	if err := json.Unmarshal([]byte(strings.ReplaceAll(deployment, "RG/", group+"/")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func typeOf(r object) string { return r["type"].(string) }

// forms are the deployment as tools and services give it.
func forms(t *testing.T, set *Set) map[string][]topology.File {
	t.Helper()
	file := func(name string, v any) topology.File {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return topology.File{Name: name, Text: string(text)}
	}
	out := map[string][]topology.File{}
	all := deployed(t)

	template := object{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"}
	var resources []object
	for _, r := range deployed(t) {
		id := r["id"].(string)
		if scope, _, extends := strings.Cut(id, "/providers/Microsoft.Insights/"); extends {
			r["scope"] = scope
		}
		delete(r, "id")
		r["apiVersion"] = "2024-01-01"
		resources = append(resources, r)
	}
	template["resources"] = resources
	out["template"] = []topology.File{file("main.json", template)}

	byType := map[string][]object{}
	for _, r := range all {
		byType[typeOf(r)] = append(byType[typeOf(r)], r)
	}
	types := slices.Sorted(maps.Keys(byType))
	interactions := []object{}
	asked := map[string]bool{}
	recorded := func(uri string, list []object) {
		interactions = append(interactions, object{"request": object{"method": "GET", "uri": "https://management.azure.com" + uri + "?api-version=1"},
			"response": object{"body": object{"data": object{"value": list}}}})
	}
	for _, typ := range types {
		out["lists"] = append(out["lists"], file(strings.ReplaceAll(typ, "/", "-")+".json", object{"value": byType[typ]}))
		if typ == "Microsoft.Insights/diagnosticSettings" {
			recorded(group+"/providers/Microsoft.Network/bastionHosts/bas/providers/"+typ, byType[typ])
		} else {
			recorded("/subscriptions/s1/providers/"+typ, byType[typ])
		}
		asked[typ] = true
	}
	// A recording says of what there is none.
	for _, mp := range set.Env.Mappings("arm") {
		if strings.Count(mp.Type, "/") == 1 && !asked[mp.Type] {
			asked[mp.Type] = true
			recorded("/subscriptions/s1/providers/"+mp.Type, []object{})
		}
	}
	out["recording"] = []topology.File{file("recording.json", object{"interactions": interactions})}
	out["array"] = []topology.File{file("array.json", all)}

	var rows, exported, flat []object
	var lines strings.Builder
	for _, r := range deployed(t) {
		flat = append(flat, flattened(r, true).(object))
	}
	for _, r := range deployed(t) {
		lines.WriteString(file("", r).Text + "\n")
		exported = append(exported, object{"Name": r["name"], "ResourceId": r["id"], "ResourceType": r["type"], "Properties": r["properties"], "Sku": r["sku"]})
		r["type"] = strings.ToLower(typeOf(r))
		rows = append(rows, r)
	}
	out["rows"] = []topology.File{file("rows.json", object{"count": len(rows), "data": rows, "skip_token": nil, "total_records": len(rows)})}
	out["export"] = []topology.File{{Name: "export.json", Text: "\ufeff" + file("", exported).Text}}
	out["az"] = []topology.File{file("az.json", flat)}
	out["ndjson"] = []topology.File{{Name: "rows.ndjson", Text: lines.String()}}
	return out
}

// flattened puts properties beside ids, as az does.
func flattened(v any, top bool) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = flattened(v[i], false)
		}
	case object:
		out := object{}
		for k, item := range v {
			out[k] = flattened(item, false)
		}
		if inner, ok := out["properties"].(object); ok {
			delete(out, "properties")
			maps.Copy(out, inner)
			out["provisioningState"] = "Succeeded"
		}
		if out["id"] != nil || top {
			out["resourceGroup"] = "rg"
		}
		return out
	}
	return v
}

// TestForms: however a deployment is given, a rule says the same of it or that it
// cannot know. A recording of all lists says nearly as much as a template; what is
// in no list is resources of any other type, and parts that stand by themselves.
func TestForms(t *testing.T) {
	set := founding(t)
	all := forms(t, set)
	say := func(name string) map[string]string {
		top := topology.Read(set.Env, all[name], topology.Options{Scope: group})
		res := set.Check(top, Options{All: true})
		for _, d := range res.Diagnostics {
			t.Errorf("%s: %s:%d:%d: %s [%s]", name, d.File, d.Line, d.Column, d.Message, d.Code)
		}
		out := map[string]string{}
		for _, f := range res.Findings {
			out[f.Rule+" on "+f.Subject.Kind+" "+f.Subject.Name] = f.Verdict
		}
		return out
	}
	whole := say("template")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == "template" {
			continue
		}
		known := 0
		for what, verdict := range say(name) {
			want, there := whole[what]
			switch {
			case verdict != Unknown && verdict == want, verdict == Pass && want == NotApplicable && name != "recording":
				known++ // what is asked for holds, whether or not the rule applies
			case !there:
				t.Errorf("%s: %s is %s, and the template says nothing of it", name, what, verdict)
			case verdict != want && verdict != Unknown:
				t.Errorf("%s: %s is %s, in the template %s", name, what, verdict, want)
			}
		}
		t.Logf("%s: %d of %d", name, known, len(whole))
		least := len(whole) * 7 / 10
		if name == "recording" {
			least = len(whole) * 9 / 10
		}
		if known < least {
			t.Errorf("%s: only %d of %d verdicts are known", name, known, len(whole))
		}
	}
}
