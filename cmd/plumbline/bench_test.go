package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/browsertest"
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

// BenchmarkExport is what the command takes of the processor for an export of Resource
// Graph with as many resources. "growth" is how much longer a resource takes than in
// the smallest: 1 where the time is in proportion to the size.
func BenchmarkExport(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "plumbline")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, of := range []struct {
		name string
		text func(int) string
	}{{"estate", estate}, {"machines", machineRows}} {
		smallest := 0.0
		for _, n := range []int{3_000, 10_000, 30_000} {
			file := filepath.Join(dir, of.name+".json")
			if err := os.WriteFile(file, []byte(of.text(n)), 0o600); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s-%d", of.name, n), func(b *testing.B) {
				var processor time.Duration
				for b.Loop() {
					cmd := exec.Command(program, "check", "--quiet", "--fail-on", "never", "--format", "json", file)
					cmd.Dir = dir
					if err := cmd.Run(); err != nil {
						b.Fatal(err)
					}
					processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				}
				each := float64(processor.Microseconds()) / float64(b.N*n)
				if smallest == 0 {
					smallest = each
				}
				b.ReportMetric(float64(processor.Milliseconds())/float64(b.N), "cpu-ms")
				b.ReportMetric(each, "cpu-us/resource")
				b.ReportMetric(each/smallest, "growth")
			})
		}
	}
}

// BenchmarkExportInChromium gives the web checker an export of Resource Graph with
// as many resources, as a reader does, and the command the same file. "check-ms" is
// what the page says a check took, "answer-ms" the time from the choice of the file
// to the result on the page, "cli-ms" the time of the whole process, "vs-cli" how
// much longer the browser takes.
func BenchmarkExportInChromium(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "plumbline")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(program, "build", "--quiet", "--site", "../..", "--out", filepath.Join(dir, "public")).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	root := browsertest.FileURL(b, filepath.Join(dir, "public"))
	browser := browsertest.Start(b)
	for _, of := range []struct {
		name string
		text func(int) string
	}{{"estate", estate}, {"machines", machineRows}} {
		for _, n := range []int{1_000, 10_000, 100_000} {
			file := filepath.Join(dir, of.name+".json")
			text := of.text(n)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s-%d", of.name, n), func(b *testing.B) {
				var check, answer, cli float64
				for b.Loop() {
					tab := browser.Open(b, browsertest.View{Life: 5 * time.Minute})
					tab.Go(root + "check/index.html")
					tab.Wait(`window.plumblineWorker`)
					browsertest.Eval[bool](tab, `(() => {
						const status = document.querySelector(".check-status");
						globalThis.answered = new Promise((done) => new MutationObserver(() => status.textContent && done(performance.now())).observe(status, { childList: true }));
						document.querySelector("input[type=file]").addEventListener("change", () => (globalThis.chosen = performance.now()), { capture: true });
						return true;
					})()`)
					tab.Choose("input[type=file]", file)
					answer += browsertest.Eval[float64](tab, `answered.then((at) => at - chosen)`)
					check += browsertest.Eval[float64](tab, `Number(/(\d+) ms$/.exec(document.querySelector(".check-status").textContent)[1])`)
					cmd := exec.Command(program, "check", "--quiet", "--fail-on", "never", "--format", "json", file)
					cmd.Dir = dir
					start := time.Now()
					if err := cmd.Run(); err != nil {
						b.Fatal(err)
					}
					cli += float64(time.Since(start).Milliseconds())
				}
				b.ReportMetric(float64(len(text))/1e6, "MB")
				b.ReportMetric(check/float64(b.N), "check-ms")
				b.ReportMetric(answer/float64(b.N), "answer-ms")
				b.ReportMetric(cli/float64(b.N), "cli-ms")
				b.ReportMetric(check/cli, "vs-cli")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// rowsOf writes resources as Resource Graph answers with them.
type rowsOf struct {
	strings.Builder
	count int
}

const rowsGroup = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/"

func (b *rowsOf) add(typ, name, properties string) {
	if b.count == 0 {
		b.WriteString(`{"data": [`)
	} else {
		b.WriteString(",\n")
	}
	b.count++
	fmt.Fprintf(b, `{"id": "%s%s/%s", "name": "%s", "type": "%s", "location": "westeurope", "resourceGroup": "rg", "tags": {"env": "prod", "costCenter": "1234"}, "sku": null, "zones": null, "properties": %s}`,
		rowsGroup, typ, name, name[strings.LastIndexByte(name, '/')+1:], strings.ToLower(typ), properties)
}

// machine adds a virtual machine with an interface in the network of its fifty. Of
// each seventh more is known than of the others.
func (b *rowsOf) machine(i int) {
	network := fmt.Sprintf("net-%d", i/50)
	if i%50 == 0 {
		b.add("Microsoft.Network/networkSecurityGroups", network, `{"securityRules": [{"name": "ssh", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "10.0.1.0/26", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}`)
		b.add("Microsoft.Network/virtualNetworks", network, fmt.Sprintf(`{"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "default", "properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": "%sMicrosoft.Network/networkSecurityGroups/%s"}}}], "virtualNetworkPeerings": []}`, rowsGroup, network))
	}
	b.add("Microsoft.Network/networkInterfaces", fmt.Sprintf("nic-%d", i), fmt.Sprintf(`{"ipConfigurations": [{"name": "ip", "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": {"id": "%sMicrosoft.Network/virtualNetworks/%s/subnets/default"}}}], "virtualMachine": {"id": "%sMicrosoft.Compute/virtualMachines/vm-%d"}}`, rowsGroup, network, rowsGroup, i))
	profile := ""
	if i%7 == 6 {
		profile = `"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": true}}, `
	}
	b.add("Microsoft.Compute/virtualMachines", fmt.Sprintf("vm-%d", i), fmt.Sprintf(`{"hardwareProfile": {"vmSize": "Standard_D2s_v5"}, %s"storageProfile": {"osDisk": {"osType": "Linux"}}, "networkProfile": {"networkInterfaces": [{"id": "%sMicrosoft.Network/networkInterfaces/nic-%d"}]}}`, profile, rowsGroup, i))
	b.add("Microsoft.Compute/disks", fmt.Sprintf("disk-%d", i), fmt.Sprintf(`{"diskSizeGB": 30, "diskState": "Attached", "provisioningState": "Succeeded", "creationData": {"createOption": "FromImage"}, "timeCreated": "2026-01-01T00:00:%02dZ"}`, i%60))
}

// machineRows is an export of nothing but machines: of each three resources.
func machineRows(n int) string {
	var b rowsOf
	for i := 0; b.count < n; i++ {
		b.machine(i)
	}
	return b.String() + "]}"
}

// estate is an export of n resources of which one in twelve is a virtual machine,
// and most are what no rule looks at.
func estate(n int) string {
	var b rowsOf
	for i := 0; b.count < n; i++ {
		b.machine(i)
		b.add("Microsoft.Compute/virtualMachines/extensions", fmt.Sprintf("vm-%d/monitor", i), `{"publisher": "Microsoft.Azure.Monitor", "type": "AzureMonitorLinuxAgent", "typeHandlerVersion": "1.0", "autoUpgradeMinorVersion": true, "provisioningState": "Succeeded"}`)
		b.add("Microsoft.Compute/snapshots", fmt.Sprintf("snapshot-%d", i), fmt.Sprintf(`{"creationData": {"createOption": "Copy", "sourceResourceId": "%sMicrosoft.Compute/disks/disk-%d"}, "incremental": true, "diskSizeGB": 30}`, rowsGroup, i))
		b.add("Microsoft.Storage/storageAccounts", fmt.Sprintf("storage%d", i), `{"accessTier": "Hot", "allowBlobPublicAccess": false, "minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": true, "primaryEndpoints": {"blob": "https://example.blob.core.windows.net/", "file": "https://example.file.core.windows.net/"}, "encryption": {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": true}, "file": {"enabled": true}}}}`)
		b.add("Microsoft.KeyVault/vaults", fmt.Sprintf("vault-%d", i), `{"sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": true, "enableSoftDelete": true, "publicNetworkAccess": "Disabled"}`)
		b.add("Microsoft.Network/privateEndpoints", fmt.Sprintf("endpoint-%d", i), fmt.Sprintf(`{"subnet": {"id": "%sMicrosoft.Network/virtualNetworks/net-%d/subnets/default"}, "privateLinkServiceConnections": [{"name": "vault", "properties": {"privateLinkServiceId": "%sMicrosoft.KeyVault/vaults/vault-%d", "groupIds": ["vault"]}}]}`, rowsGroup, i/50, rowsGroup, i))
		b.add("Microsoft.Insights/metricAlerts", fmt.Sprintf("alert-%d", i), fmt.Sprintf(`{"severity": 2, "enabled": true, "scopes": ["%sMicrosoft.Compute/virtualMachines/vm-%d"], "evaluationFrequency": "PT1M", "windowSize": "PT5M"}`, rowsGroup, i))
		b.add("Microsoft.Web/sites", fmt.Sprintf("site-%d", i), `{"state": "Running", "hostNames": ["example.azurewebsites.net"], "httpsOnly": true, "siteConfig": {"minTlsVersion": "1.2", "alwaysOn": false}}`)
		b.add("Microsoft.Sql/servers/databases", fmt.Sprintf("sql-%d/main", i), `{"collation": "SQL_Latin1_General_CP1_CI_AS", "maxSizeBytes": 268435456000, "status": "Online", "zoneRedundant": false}`)
		b.add("Microsoft.ManagedIdentity/userAssignedIdentities", fmt.Sprintf("identity-%d", i), `{"tenantId": "11111111-2222-3333-4444-555555555555", "clientId": "22222222-2222-3333-4444-555555555555"}`)
	}
	return b.String() + "]}"
}
