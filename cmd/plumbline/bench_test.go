package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkCheck is the time of a whole process: `plumbline check` of a template
// of about 20 KB with the founding rules. "cpu-ms" is what it takes of the
// processor, which other programs disturb less.
func BenchmarkCheck(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "plumbline")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	template := filepath.Join(dir, "main.json")
	if err := os.WriteFile(template, machines(14), 0o600); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(template)
	if err != nil {
		b.Fatal(err)
	}
	var processor time.Duration
	for b.Loop() {
		cmd := exec.Command(program, "check", "--quiet", "--format", "json", template)
		cmd.Dir = dir
		var failed *exec.ExitError // 1: the rules found something
		if out, err := cmd.Output(); err != nil && !(errors.As(err, &failed) && failed.ExitCode() == 1) {
			b.Fatalf("%v\n%s", err, out)
		}
		processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(float64(processor.Milliseconds())/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(info.Size()), "template-bytes")
}

// machines is a template of n virtual machines with public addresses in one network.
func machines(n int) []byte {
	type object = map[string]any
	id := func(kind, name string) string { return fmt.Sprintf("[resourceId('%s', '%s')]", kind, name) }
	resources := []object{
		{"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg", "properties": object{"securityRules": []object{
			{"name": "ssh", "properties": object{"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
				"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}},
		}}},
		{"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "net", "properties": object{
			"addressSpace": object{"addressPrefixes": []string{"10.0.0.0/16"}},
			"subnets":      []object{{"name": "vms", "properties": object{"addressPrefix": "10.0.0.0/24"}}},
		}},
	}
	for i := range n {
		name := fmt.Sprintf("vm%d", i)
		resources = append(resources,
			object{"type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-05-01", "name": name + "-ip",
				"location": "[resourceGroup().location]", "sku": object{"name": "Standard"}, "properties": object{"publicIPAllocationMethod": "Static"}},
			object{"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-05-01", "name": name + "-nic",
				"location": "[resourceGroup().location]", "properties": object{
					"networkSecurityGroup": object{"id": id("Microsoft.Network/networkSecurityGroups", "nsg")},
					"ipConfigurations": []object{{"name": "main", "properties": object{
						"subnet":          object{"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'vms')]"},
						"publicIPAddress": object{"id": id("Microsoft.Network/publicIPAddresses", name+"-ip")},
					}}}}},
			object{"type": "Microsoft.Compute/virtualMachines", "apiVersion": "2024-07-01", "name": name,
				"location": "[resourceGroup().location]", "properties": object{
					"hardwareProfile": object{"vmSize": "Standard_D2s_v5"},
					"networkProfile":  object{"networkInterfaces": []object{{"id": id("Microsoft.Network/networkInterfaces", name+"-nic")}}}}},
		)
	}
	text, _ := json.MarshalIndent(object{
		"$schema":        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
		"contentVersion": "1.0.0.0", "resources": resources,
	}, "", " ")
	return text
}
