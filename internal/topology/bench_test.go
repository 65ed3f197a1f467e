package topology_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/internal/topology"
	"github.com/plumbline/plumbline/theme"
)

// manyMachines is a template that makes n machines, each with an interface in
// one subnet, by two loops.
func manyMachines(n int) string {
	return fmt.Sprintf(`{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "parameters": { "count": { "type": "int", "defaultValue": %d }, "prefix": { "type": "string", "defaultValue": "vm" } },
  "variables": { "network": "[concat(parameters('prefix'), '-net')]" },
  "resources": [
    { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2023-01-01", "name": "[variables('network')]", "properties": {
      "addressSpace": { "addressPrefixes": ["10.0.0.0/8"] }, "subnets": [{ "name": "all", "properties": { "addressPrefix": "10.0.0.0/16" } }]
    } },
    { "type": "Microsoft.Network/networkInterfaces", "apiVersion": "2023-01-01", "name": "[format('{0}-nic-{1}', parameters('prefix'), copyIndex())]", "copy": { "name": "nics", "count": "[parameters('count')]" }, "properties": {
      "ipConfigurations": [{ "name": "ip", "properties": { "subnet": { "id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', variables('network'), 'all')]" } } }]
    } },
    { "type": "Microsoft.Compute/virtualMachines", "apiVersion": "2023-01-01", "name": "[format('{0}-{1}', parameters('prefix'), copyIndex())]", "copy": { "name": "vms", "count": "[parameters('count')]" }, "properties": {
      "osProfile": { "computerName": "[concat(parameters('prefix'), copyIndex())]" },
      "networkProfile": { "networkInterfaces": [{ "id": "[resourceId('Microsoft.Network/networkInterfaces', format('{0}-nic-{1}', parameters('prefix'), copyIndex()))]" }] }
    } }
  ]
}`, n)
}

// deepModules is a template as the Bicep compiler writes one: n spokes, each of
// modules inside each other, six deep, with declared types, descriptions and
// values handed down through all of them. One spoke is about 70 KB.
func deepModules(n int) string {
	type object = map[string]any
	const schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
	generator := object{"_generator": object{"name": "bicep", "version": "0.30.23.60470", "templateHash": "1234567890123456789"}}
	parameter := func(typ, what string, more object) object {
		out := object{"type": typ, "metadata": object{"description": "Optional. " + what + " of the deployment, handed down from the module above; see the documentation of the module for what it may be."}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	template := func(resources object, outputs object) object {
		return object{
			"$schema": schema, "languageVersion": "2.0", "contentVersion": "1.0.0.0", "metadata": generator,
			"definitions": object{
				"subnetType": object{"type": "object", "properties": object{
					"name": object{"type": "string", "metadata": object{"description": "Required. The name of the subnet."}}, "addressPrefix": object{"type": "string", "nullable": true},
					"networkSecurityGroupResourceId": object{"type": "string", "nullable": true}, "serviceEndpoints": object{"type": "array", "items": object{"type": "string"}, "nullable": true},
				}, "metadata": object{"__bicep_export!": true}},
				"settingsType": object{"type": "object", "properties": object{
					"size": object{"type": "string"}, "zone": object{"type": "int", "nullable": true}, "adminPassword": object{"type": "securestring", "nullable": true},
				}},
			},
			"parameters": object{
				"name": parameter("string", "The name", nil), "location": parameter("string", "The location", object{"defaultValue": "[resourceGroup().location]"}),
				"tags": parameter("object", "The tags", object{"nullable": true}), "index": parameter("int", "The number", object{"defaultValue": 0}),
				"prefix": parameter("string", "The address range", object{"defaultValue": "10.0.0.0/16"}), "enableTelemetry": parameter("bool", "Telemetry", object{"defaultValue": true}),
				"settings": object{"$ref": "#/definitions/settingsType", "defaultValue": object{"size": "Standard_D2s_v5"}},
				"subnets":  object{"type": "array", "items": object{"$ref": "#/definitions/subnetType"}, "nullable": true},
			},
			"variables": object{
				"fullName": "[toLower(format('{0}-{1}', parameters('name'), padLeft(parameters('index'), 3, '0')))]",
				"allTags":  "[union(coalesce(parameters('tags'), createObject()), createObject('index', string(parameters('index'))))]",
				"copy":     []any{object{"name": "ranges", "count": 4, "input": "[cidrSubnet(parameters('prefix'), 24, copyIndex('ranges'))]"}},
			},
			"resources": resources, "outputs": outputs,
		}
	}
	module := func(name string, inner object) object {
		return object{
			"condition": "[parameters('enableTelemetry')]", "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "[format('{0}-" + name + "', deployment().name)]",
			"properties": object{
				"expressionEvaluationOptions": object{"scope": "inner"}, "mode": "Incremental",
				"parameters": object{
					"name": object{"value": "[format('{0}-" + name + "', parameters('name'))]"}, "location": object{"value": "[parameters('location')]"}, "index": object{"value": "[add(parameters('index'), 1)]"},
					"tags": object{"value": "[variables('allTags')]"}, "prefix": object{"value": "[parameters('prefix')]"}, "settings": object{"value": "[parameters('settings')]"},
					"enableTelemetry": "[if(contains(parameters('settings'), 'telemetry'), createObject('value', parameters('settings').telemetry), createObject('value', null()))]",
				},
				"template": inner,
			},
		}
	}
	tagged := func(typ, name string, properties object) object {
		return object{"type": typ, "apiVersion": "2024-05-01", "name": name, "location": "[parameters('location')]", "tags": "[coalesce(variables('allTags'), createObject())]", "properties": properties}
	}
	spoke := func(i int) object {
		inner := template(object{
			"network": tagged("Microsoft.Network/virtualNetworks", "[format('{0}-vnet', variables('fullName'))]", object{
				"addressSpace": object{"addressPrefixes": []any{"[parameters('prefix')]"}},
				"copy":         []any{object{"name": "subnets", "count": "[length(variables('ranges'))]", "input": object{"name": "[format('snet-{0}', copyIndex('subnets'))]", "properties": object{"addressPrefix": "[variables('ranges')[copyIndex('subnets')]]"}}}},
			}),
			"nic": tagged("Microsoft.Network/networkInterfaces", "[format('{0}-nic', variables('fullName'))]", object{
				"ipConfigurations": []any{object{"name": "ip", "properties": object{"subnet": object{"id": "[reference('network').subnets[1].id]"}}}},
			}),
			"vm": tagged("Microsoft.Compute/virtualMachines", "[format('{0}-vm', variables('fullName'))]", object{
				"hardwareProfile": object{"vmSize": "[tryGet(parameters('settings'), 'size')]"},
				"networkProfile":  object{"networkInterfaces": []any{object{"id": "[resourceId('Microsoft.Network/networkInterfaces', format('{0}-nic', variables('fullName')))]"}}},
			}),
		}, object{"subnetIds": object{"type": "array", "copy": object{"count": 4, "input": "[resourceId('Microsoft.Network/virtualNetworks/subnets', format('{0}-vnet', variables('fullName')), format('snet-{0}', copyIndex()))]"}}})
		for level := range 5 {
			name := fmt.Sprintf("level%d", 5-level)
			inner = template(object{
				"lock": tagged("Microsoft.Network/publicIPAddresses", "[format('{0}-pip', variables('fullName'))]", object{"publicIPAllocationMethod": "Static"}),
				"sub":  module(name, inner),
				"pep": tagged("Microsoft.Network/networkInterfaces", "[format('{0}-pep', variables('fullName'))]", object{
					"ipConfigurations": []any{object{"name": "ip", "properties": object{"subnet": object{"id": "[reference('sub').outputs.subnetIds.value[0]]"}}}},
				}),
			}, object{"subnetIds": object{"type": "array", "value": "[reference('sub').outputs.subnetIds.value]"}})
		}
		return module(fmt.Sprintf("spoke%d", i), inner)
	}
	spokes := object{}
	for i := range n {
		spokes[fmt.Sprintf("spoke%02d", i)] = spoke(i)
	}
	root := template(spokes, object{})
	root["parameters"].(object)["name"].(object)["defaultValue"] = "lz"
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// templates are what reading is measured with: each at three sizes.
var templates = []struct {
	name  string
	sizes []int
	make  func(int) string
}{
	{"copies", []int{100, 1000, 10000}, manyMachines},
	{"modules", []int{2, 5, 10}, deepModules},
}

// BenchmarkRead shows that time grows with the number of copies and of modules,
// not faster: "us/unit" stays the same.
func BenchmarkRead(b *testing.B) {
	env := newEngines(b, founding()).env
	for _, t := range templates {
		for _, n := range t.sizes {
			files := []topology.File{{Name: "main.json", Text: t.make(n)}}
			b.Run(fmt.Sprintf("%s-%d", t.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if t := topology.Read(env, files, topology.Options{}); len(t.Problems) > 0 {
						b.Fatal(t.Problems)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "us/unit")
				b.ReportMetric(float64(len(files[0].Text))/1000, "KB")
			})
		}
	}
}

// BenchmarkReadInV8 reads the largest templates, a plan of 5 MB, rows of Resource
// Graph and two resources of many parts in Go and in Node, in turns.
// "vs-go" is how much longer V8 takes: above 1, Go is faster.
func BenchmarkReadInV8(b *testing.B) {
	node, err := exec.LookPath("node")
	if err != nil {
		b.Skip("node is not installed")
	}
	env := newEngines(b, founding()).env
	dir := b.TempDir()
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			b.Fatal(err)
		}
		return file
	}
	site, _ := content.Load(fstest.MapFS{}, content.Options{})
	set, problems := rule.Load(site, env, fstest.MapFS{}, "rules/")
	if problems.HasErrors() {
		b.Fatal(problems)
	}
	checks, err := fs.ReadFile(theme.FS(), "runtime/checks.ts")
	if err != nil {
		b.Fatal(err)
	}
	assets, problems := bundle.Site(theme.With(fstest.MapFS{"runtime/checks.ts": {Data: append(checks, measureTS...)}}), string(rulejs.Translate(set, "bench")))
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	write("read.mjs", assets.Files["checks.mjs"])
	script := write("bench.mjs", []byte(`import { readFileSync } from "node:fs";
const { measure } = await import("./read.mjs");
console.log(JSON.stringify(measure(readFileSync(process.argv[2], "utf8"))));`))
	type inputs struct {
		name string
		size int
		make func(int) string
	}
	all := []inputs{{"plan", 2000, manyPlanned}, {"rows", 10_000, manyRows}, {"parts", 4_000, manyParts}}
	for _, t := range templates {
		all = append(all, inputs{t.name, t.sizes[len(t.sizes)-1], t.make})
	}
	for _, t := range all {
		n, text := t.size, t.make(t.size)
		files := []topology.File{{Name: "main.json", Text: text}}
		path := write(t.name+".json", []byte(text))
		b.Run(fmt.Sprintf("%s-%d", t.name, n), func(b *testing.B) {
			var ours, theirs, first float64
			for b.Loop() {
				out, err := exec.Command(node, script, path).Output()
				var m struct{ First, Best float64 }
				if err == nil {
					err = json.Unmarshal(out, &m)
				}
				if err != nil {
					b.Fatal(err)
				}
				first, theirs = first+m.First, theirs+m.Best
				best := time.Hour
				for range rounds {
					start := time.Now()
					topology.Read(env, files, topology.Options{})
					best = min(best, time.Since(start))
				}
				ours += float64(best.Microseconds()) / 1000
			}
			b.ReportMetric(ours/float64(b.N), "go-ms")
			b.ReportMetric(theirs/float64(b.N), "v8-ms")
			b.ReportMetric(first/float64(b.N), "v8-cold-ms")
			b.ReportMetric(theirs/ours, "vs-go")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// manyRows is an answer of Resource Graph with n machines, each with an interface
// and a disk, that a network of fifty machines holds.
func manyRows(n int) string {
	const group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/"
	var b strings.Builder
	b.WriteString(`{"count": 0, "data": [`)
	row := func(typ, name, properties string) {
		if b.Len() > 30 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"id": "%s%s/%s", "name": "%s", "type": "%s", "location": "westeurope", "resourceGroup": "rg", "tags": {"env": "prod"}, "sku": null, "zones": null, "properties": %s}`,
			group, typ, name, name, strings.ToLower(typ), properties)
	}
	for i := range n {
		network := fmt.Sprintf("net-%d", i/50)
		if i%50 == 0 {
			row("Microsoft.Network/virtualNetworks", network, `{"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}], "virtualNetworkPeerings": []}`)
		}
		row("Microsoft.Network/networkInterfaces", fmt.Sprintf("nic-%d", i), fmt.Sprintf(`{"ipConfigurations": [{"name": "ip", "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": {"id": "%sMicrosoft.Network/virtualNetworks/%s/subnets/default"}}}], "virtualMachine": {"id": "%sMicrosoft.Compute/virtualMachines/vm-%d"}}`, group, network, group, i))
		row("Microsoft.Compute/virtualMachines", fmt.Sprintf("vm-%d", i), fmt.Sprintf(`{"hardwareProfile": {"vmSize": "Standard_D2s_v5"}, "storageProfile": {"osDisk": {"osType": "Linux"}}, "networkProfile": {"networkInterfaces": [{"id": "%sMicrosoft.Network/networkInterfaces/nic-%d"}]}}`, group, i))
		row("Microsoft.Compute/disks", fmt.Sprintf("disk-%d", i), `{"diskSizeGB": 30, "diskState": "Attached", "provisioningState": "Succeeded"}`)
	}
	b.WriteString("]}")
	return b.String()
}

// manyParts is an answer of Resource Graph with a network of n subnets and a network
// security group of n rules.
func manyParts(n int) string {
	const id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/"
	var subnets, rules []string
	for i := range n {
		subnets = append(subnets, fmt.Sprintf(`{"id": "%svirtualNetworks/net/subnets/s%d", "name": "s%[2]d", "properties": {"addressPrefix": "10.%[3]d.%[4]d.0/24"}}`, id, i, i/256, i%256))
		rules = append(rules, fmt.Sprintf(`{"name": "r%d", "properties": {"priority": %[1]d, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}`, i))
	}
	return fmt.Sprintf(`{"data": [{"id": "%svirtualNetworks/net", "type": "microsoft.network/virtualnetworks", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": [%s]}},
{"id": "%[1]snetworkSecurityGroups/group", "type": "microsoft.network/networksecuritygroups", "properties": {"securityRules": [%[3]s]}}]}`, id, strings.Join(subnets, ","), strings.Join(rules, ","))
}

// BenchmarkResources shows what a resource costs to read, and that it costs no more
// among many: "growth" is the cost among so many against the cost among the fewest.
func BenchmarkResources(b *testing.B) {
	env := newEngines(b, founding()).env
	var fewest float64
	for _, n := range []int{1_000, 10_000, 33_000} {
		files := []topology.File{{Name: "rows.json", Text: manyRows(n)}}
		b.Run(fmt.Sprint(3*n), func(b *testing.B) {
			for b.Loop() {
				if t := topology.Read(env, files, topology.Options{}); len(t.Problems) > 0 {
					b.Fatal(t.Problems)
				}
			}
			each := float64(b.Elapsed().Microseconds()) / float64(b.N*3*n)
			if fewest == 0 {
				fewest = each
			}
			b.ReportMetric(each, "µs/resource")
			b.ReportMetric(each/fewest, "growth")
		})
	}
}

// rounds is how often each engine reads a template before its best time counts.
const rounds = 10

var measureTS = strings.ReplaceAll(`
import measured from "plumbline:rules";
import { read as readMeasured } from "./read";

export function measure(text: string) {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    const t = readMeasured(measured, [{ file: "main.json", text }]);
    times.push(performance.now() - start);
    if (t.world === null || t.problems.length > 0) throw new Error(JSON.stringify(t.problems));
  }
  return { First: times[0], Best: Math.min(...times) };
}
`, "ROUNDS", fmt.Sprint(rounds))

// manyPlanned is a plan that makes n machines in Terraform, each with an interface,
// in one subnet for fifty of them. Ids are known after apply alone.
func manyPlanned(n int) string {
	var changes, values strings.Builder
	add := func(typ, name, index, after, unknown string) {
		if changes.Len() > 0 {
			changes.WriteString(",\n")
			values.WriteString(",\n")
		}
		head := fmt.Sprintf(`{"address":"%s.%s%s","mode":"managed","type":"%s","name":"%s","provider_name":"registry.terraform.io/hashicorp/azurerm"`, typ, name, index, typ, name)
		if index != "" {
			head += `,"index":` + strings.Trim(index, "[]")
		}
		fmt.Fprintf(&changes, `%s,"change":{"actions":["create"],"before":null,"after":%s,"after_unknown":%s,"before_sensitive":false,"after_sensitive":{}}}`, head, after, unknown)
		fmt.Fprintf(&values, `%s,"schema_version":0,"values":%s,"sensitive_values":{}}`, head, after)
	}
	const where = `"resource_group_name":"rg","location":"westeurope","tags":{"environment":"production","owner":"platform"}`
	add("azurerm_virtual_network", "net", "", `{"name":"net",`+where+`,"address_space":["10.0.0.0/8"]}`, `{"id":true,"guid":true,"subnet":true,"dns_servers":true}`)
	for i := range n/50 + 1 {
		add("azurerm_subnet", "all", fmt.Sprintf("[%d]", i), fmt.Sprintf(`{"name":"snet-%d","resource_group_name":"rg","virtual_network_name":"net","address_prefixes":["10.%d.%d.0/24"]}`, i, i/250, i%250), `{"id":true,"address_prefixes":[false]}`)
	}
	for i := range n {
		index := fmt.Sprintf("[%d]", i)
		add("azurerm_network_interface", "nic", index, fmt.Sprintf(`{"name":"nic-%d",%s,"ip_forwarding_enabled":false,"dns_servers":null,"ip_configuration":[{"name":"internal","primary":true,"private_ip_address_allocation":"Dynamic","private_ip_address_version":"IPv4","public_ip_address_id":null}]}`, i, where),
			`{"id":true,"applied_dns_servers":true,"mac_address":true,"virtual_machine_id":true,"ip_configuration":[{"subnet_id":true,"private_ip_address":true}]}`)
		add("azurerm_linux_virtual_machine", "vm", index, fmt.Sprintf(`{"name":"vm-%d",%s,"size":"Standard_D2s_v5","admin_username":"azureuser","admin_password":null,"disable_password_authentication":true,"network_interface_ids":[null],"os_disk":[{"caching":"ReadWrite","storage_account_type":"Premium_LRS","write_accelerator_enabled":false}],"source_image_reference":[{"offer":"ubuntu","publisher":"Canonical","sku":"22_04-lts","version":"latest"}]}`, i, where),
			`{"id":true,"computer_name":true,"private_ip_address":true,"virtual_machine_id":true,"network_interface_ids":[true],"os_disk":[{"disk_size_gb":true,"id":true}]}`)
	}
	return `{"format_version":"1.2","terraform_version":"1.9.8","planned_values":{"root_module":{"resources":[` + values.String() + `]}},"resource_changes":[` + changes.String() + `],
"configuration":{"root_module":{"resources":[
{"mode":"managed","type":"azurerm_virtual_network","name":"net","expressions":{"name":{"constant_value":"net"}}},
{"mode":"managed","type":"azurerm_subnet","name":"all","expressions":{"virtual_network_name":{"references":["azurerm_virtual_network.net.name","azurerm_virtual_network.net"]}},"count_expression":{"constant_value":1}},
{"mode":"managed","type":"azurerm_network_interface","name":"nic","expressions":{"ip_configuration":[{"name":{"constant_value":"internal"},"subnet_id":{"references":["azurerm_subnet.all[0].id","azurerm_subnet.all[0]","azurerm_subnet.all"]}}]},"count_expression":{"constant_value":1}},
{"mode":"managed","type":"azurerm_linux_virtual_machine","name":"vm","expressions":{"network_interface_ids":{"references":["azurerm_network_interface.nic","count.index"]}},"count_expression":{"constant_value":1}}]}}}`
}

// BenchmarkReadTerraform reads plans of 0.2, 1 and 5 MB: time grows with their size.
func BenchmarkReadTerraform(b *testing.B) {
	env := newEngines(b, founding()).env
	for _, n := range []int{80, 400, 2000} {
		text := manyPlanned(n)
		files := []topology.File{{Name: "plan.json", Text: text}}
		b.Run(fmt.Sprintf("%d_kB", len(text)/1000), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if t := topology.Read(env, files, topology.Options{}); len(t.Problems) > 0 {
					b.Fatal(t.Problems)
				}
			}
		})
	}
}
