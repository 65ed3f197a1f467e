package topology_test

import (
	"fmt"
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
