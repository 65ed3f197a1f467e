package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
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

// BenchmarkRead shows that time grows with the number of copies, not faster.
func BenchmarkRead(b *testing.B) {
	env := newEngines(b, founding()).env
	for _, n := range []int{100, 1000, 10000} {
		files := []topology.File{{Name: "main.json", Text: manyMachines(n)}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if t := topology.Read(env, files, topology.Options{}); len(t.Problems) > 0 {
					b.Fatal(t.Problems)
				}
			}
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
