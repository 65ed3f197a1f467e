package topology_test

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// oddRows are resources that a fast reader could read in another way than the one
// that knows places: each is a map without its closing brace.
var oddRows = map[string]string{
	"plain":             `"properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": [{"name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}}, {"name": "b"}]}`,
	"trailing comma":    `"properties": {"subnets": [{"name": "a",}, ],},`,
	"comment":           `"properties": { /* none */ "subnets": [] } // end` + "\n",
	"raw line break":    `"tags": {"a": "one` + "\n" + `two"}, "properties": {"subnets": [{"name": "a"}]}`,
	"raw tab":           `"tags": {"a": "one	two"}, "properties": {"subnets": [{"name": "a"}]}`,
	"numbers":           `"properties": {"subnets": [{"name": "a", "properties": {"addressPrefix": 10.0}}, {"name": 7}, {"name": -0}, {"name": 1e2}, {"name": 12345678901234567890}]}`,
	"too large":         `"properties": {"subnets": [{"name": 1e999}]}`,
	"half a pair":       `"properties": {"subnets": [{"name": "\ud800x"}, {"name": "\uDC00"}, {"name": "\ud83d\ude00"}]}`,
	"beyond":            `"tags": {"ключ": "😀"}, "properties": {"subnets": [{"name": "😀", "properties": {}}, {"name": "b"}]}`,
	"equal keys":        `"properties": {"subnets": [{"name": "a"}]}, "properties": {"subnets": [{"name": "b"}]}`,
	"keys in caps":      `"Properties": {"Subnets": [{"Name": "a", "PROPERTIES": {"AddressPrefix": "10.0.0.0/24"}}]}`,
	"both spellings":    `"Properties": {"subnets": [{"name": "a"}]}, "properties": {"subnets": [{"name": "b"}]}`,
	"two misspellings":  `"PROPERTIES": {"subnets": [{"name": "a"}]}, "Properties": {"subnets": [{"name": "b"}]}`,
	"prototypes":        `"__proto__": {"a": 1}, "constructor": {}, "properties": {"__proto__": {"subnets": []}, "subnets": [{"name": "__proto__", "__proto__": {"id": 1}}]}`,
	"awkward pointer":   `"properties": {"a/b~c": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/x"}], "subnets": [[{"name": "a"}]]}`,
	"parts alone":       `"properties": {"subnets": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"}, {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/b", "addressPrefix": "10.0.0.0/24"}]}`,
	"resources inside":  `"Resources": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a", "properties": {}}]`,
	"nested lists":      `"properties": {"a": ` + strings.Repeat("[", 250) + strings.Repeat("]", 250) + `, "subnets": []}`,
	"nested too deep":   `"properties": {"a": ` + strings.Repeat("[", 260) + strings.Repeat("]", 260) + `, "subnets": []}`,
	"nested to the end": `"properties": {"a": ` + strings.Repeat("[", 252) + strings.Repeat("]", 252) + `, "subnets": [{"name": "a"}]}`,
	"a step further":    `"properties": {"a": ` + strings.Repeat("[", 253) + strings.Repeat("]", 253) + `, "subnets": [{"name": "a"}]}`,
	"half a step":       `"properties": {"a": ` + strings.Repeat("[", 252) + "{}" + strings.Repeat("]", 252) + `, "subnets": [{"name": "a"}]}`,
	"escapes":           `"tags": {"\u0061": "\"\\\/\b\f\n\r\t\u00e9"}, "properties": {"subnets": [{"name": "\u0061"}]}`,
	"no escape":         `"properties": {"subnets": [{"name": "\x61"}]}`,
	"half an escape":    `"properties": {"subnets": [{"name": "\u00"}]}`,
	"leading zero":      `"properties": {"subnets": [{"name": "a"}], "mtu": 08}`,
	"sign alone":        `"properties": {"subnets": [{"name": "a"}], "mtu": -}`,
	"word after word":   `"properties": {"subnets": [{"name": "a"}], "mtu": truefalse}`,
	"half a word":       `"properties": {"subnets": [{"name": "a"}], "mtu": nul}`,
	"closed otherwise":  `"properties": {"subnets": [{"name": "a"}}, "mtu": 1]`,
	"two commas":        `"properties": {"subnets": [{"name": "a"},, {"name": "b"}]}`,
	"two colons":        `"properties":: {"subnets": []}`,
	"number as key":     `"properties": {7: {}, "subnets": []}`,
	"no colon":          `"properties" {}`,
	"not closed":        `"properties": {"subnets": ["a`,
	"no comma":          `"properties": {"subnets": [{"name": "a"} {"name": "b"}]}`,
	"single quotes":     `'properties': {}`,
	"a word":            `"properties": nil`,
	"control":           `"properties": {"subnets": [{"name": "a` + "\x01" + `"}]}`,
}

// However a row is written, both engines read the same of it, also beside others,
// and say where each part stands.
func TestRowsAreReadAlike(t *testing.T) {
	e := newEngines(t, founding())
	const head = `{"type": "microsoft.network/virtualnetworks", "name": "v", `
	for _, id := range []string{`"id"`, `"ID"`, `"ResourceId"`} {
		id += `: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/%s", `
		plain := fmt.Sprintf(head+id, "other") + oddRows["plain"] + "}"
		for name, row := range oddRows {
			row = fmt.Sprintf(head+id, "v") + row + "}"
			for _, form := range []string{"[%s]", "[\n%s,\n%s]", `{"value": [%s, %s]}`, "{\"count\": 2, \"data\": [\n%s, %s]}", `{"Value": [%s]}`, `{"data": {"rows": [%s]}}`, "%s\n%s\n"} {
				text := strings.Replace(form, "%s", row, 1)
				text = strings.Replace(text, "%s", plain, 1)
				e.read(t, input{Files: []file{{"rows.json", text}}})
				if t.Failed() {
					t.Fatalf("%s, in the form %q", name, form)
				}
			}
		}
	}
}

// Of resources that no mapping reads the ids that they hold are read, wherever they stand.
func TestRowsOfOtherTypesAreReadAlike(t *testing.T) {
	e := newEngines(t, founding())
	const id = `"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"`
	const otherID = `"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/serverFarms/f"`
	for _, members := range []string{
		`"properties": {"subnet": {"id": ` + id + `}}`,
		`"properties": {"SubnetID": ` + id + `, "list": [{"vnetId": ` + id + `}, [` + id + `]]}`,
		`"subnetId": ` + id + `, "properties": {}`,
		`"ID": ` + id + `, "properties": {"a": 1}`,
		`"Properties": {"subnetId": ` + id + `}`,
		`"subnetId": ` + id,
		`"properties": null, "subnetId": ` + id,
		`"properties": [{"subnetId": ` + id + `}]`,
		`"tags": {"subnetId": ` + id + `}, "properties": {"subnet": "no"}`,
		`"resources": [{"id": ` + id + `, "properties": {}}], "properties": {}`,
		`"type": "Microsoft.Web/sites", "properties": {}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"serverFarmId": ` + otherID + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"serverFarmId": ` + otherID + `, "subnetId": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": [` + id + `], "id": "a"}`,
		`"type": "Microsoft.Web/sites", "properties": {"vnetID": [{}, [` + id + `]]}`,
		`"type": "Microsoft.Web/sites", "properties": {"hosts": [` + id + `], "x": {"y": [1, ` + id + `]}}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnet\u0049d": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": "\u002fsubscriptions/s/providers/Microsoft.Network/virtualNetworks/v"}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": ` + strings.ReplaceAll(id, "/", `\u002f`) + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": ` + id + `, "subnetId": null}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": null, "subnetId": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnet": {"ID": ` + id + `, "id": null}}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": ` + id + `, "size": 1.5}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": "/"}`,
		`"type": "Microsoft.Web/sites", "properties": {"selfId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/X"}`,
		`"type": "Microsoft.Web/sites", "properties": {"a": 1}, "properties": {"subnetId": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {"subnetId": ` + id + `}, "properties": {}`,
		`"type": "Microsoft.Web/sites", "properties": {}, "Properties": {"subnetId": ` + id + `}`,
		`"type": "Microsoft.Web/sites", "properties": {}, "Type": "Microsoft.Network/virtualNetworks"`,
		`"type": "Microsoft.Web/sites", "type": "Microsoft.Network/virtualNetworks", "properties": {}`,
		`"type": "Microsoft.Web/sites", "ID": ` + id + `, "properties": {}`,
		`"type": "Microsoft.Web/sites", "id": ` + id + `, "properties": {}`,
		`"type": "Microsoft.Web/sites", "id": null, "properties": {}`,
		`"type": "Microsoft.Web/sites", "ResourceId": ` + id + `, "properties": {}`,
		`"type": "Microsoft.Web/sites", "ResourceType": "Microsoft.Network/virtualNetworks", "properties": {}`,
		`"type": "Microsoft.Web\u002fsites", "properties": {}`,
		`"type": "sites", "properties": {}`,
		`"type": "", "properties": {}`,
		`"type": null, "properties": {}`,
		`"type": {}, "properties": {}`,
		`"type": "Microsoft.Web/sites", "name": "a/x", "properties": {}`,
		`"type": "Microsoft.Web/sites", "name": "y", "properties": {}`,
		`"type": "Microsoft.Web/sites", "Name": "y", "properties": {}`,
		`"type": "Microsoft.Web/sites", "name": null, "properties": {}`,
		`"type": "Microsoft.Web/sites", "properties": {}, "resources": []`,
		`"type": "Microsoft.Web/sites", "properties": {}, "Resources": [{"id": ` + id + `, "properties": {}}]`,
		`"type": "Microsoft.Web/sites/providers/Microsoft.Insights", "properties": {}`,
		`"type": "Microsoft.Resources/deployments", "properties": {}`,
		`"type": "Microsoft.Resources/deployments", "properties": {"subnetId": ` + id + `}`,
		`"type": "Microsoft.Compute/VirtualMachines", "properties": {}`,
		`"type": "Microsoft.Network/virtualNetworks", "properties": {}`,
		`"type": "Microsoft.Web/sites", "kind": "app", "resourceGroup": "g", "provisioningState": "Succeeded", "subnet": {"id": ` + id + `}`,
	} {
		for _, head := range []string{
			`{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x", "name": "x", `,
			`{"id": "/subscriptions/s/resourceGroups/g/providers//Microsoft.Web/sites/x", `,
			`{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x/", `,
			`{"id": "/x/providers/Microsoft.Web/sites/x", `,
			`{`,
		} {
			row := head + members + `}`
			forms := []string{"[%s]", `{"value": [%s]}`, `{"data": [%s]}`, "%s", "%[1]s\n%[1]s"}
			if !strings.Contains(head, "name") {
				forms = []string{`[%s, {"id": ` + otherID + `, "type": "Microsoft.Web/serverFarms", "properties": {}}]`}
			}
			for _, form := range forms {
				e.read(t, input{Files: []file{{"rows.json", fmt.Sprintf(form, row)}}})
				if t.Failed() {
					t.Fatalf("%s, in the form %q", row, form)
				}
			}
		}
	}
}

// Rows of a long list are read while those before are mapped, and are the same.
func TestManyRowsAreReadAlike(t *testing.T) {
	e := newEngines(t, founding())
	const head = `{"id": "/subscriptions/s/resourceGroups/g/providers/%s/%s-%d", "type": "%[1]s", `
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(oddRows)) {
		for i, typ := range []string{"Microsoft.Network/virtualNetworks", "Microsoft.Web/sites", "Microsoft.Compute/disks", "microsoft.keyvault/vaults"} {
			row := fmt.Sprintf(head, typ, strings.ReplaceAll(name, " ", "-"), i) + oddRows[name] + "}"
			if top := e.goTopology(input{Files: []file{{"row.json", "[" + row + "]"}}}); top.World != nil && len(top.Problems) == 0 {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) < 64 {
		t.Fatalf("there are only %d rows", len(rows))
	}
	list := strings.Join(rows, ",\n")
	for _, form := range []string{"[%s]", `{"value": [%s]}`, `{"data": [%s]}`, `[%s, 7, [], {"id": 1}]`, `{"value": [%s, 7, {"id": 1}]}`, `{"data": [%s, {}]}`} {
		e.read(t, input{Files: []file{{"rows.json", fmt.Sprintf(form, list)}}})
	}
}

// Of what no mapping looks into and no rule at, it is enough to know how many there are.
func TestRowsAreCounted(t *testing.T) {
	e := newEngines(t, founding())
	const row = `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/%s", "type": "Microsoft.Web/sites", "properties": {%s}}`
	a, b := fmt.Sprintf(row, "a", ""), fmt.Sprintf(row, "b", `"serverFarmId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/serverFarms/f"`)
	in := fmt.Sprintf(row, "c", `"subnetId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"`)
	for text, want := range map[string][2]int{
		a:                       {1, 0},
		a + "," + b:             {1, 1},
		a + "," + b + "," + in:  {1, 2},
		a + "," + b + "," + a:   {0, 2},
		in + "," + in + "," + a: {1, 1},
		strings.Replace(a, "Microsoft.Web/sites\"", "Microsoft.Resources/deployments\"", 1) + "," + b: {0, 1},
	} {
		top := e.goTopology(input{Files: []file{{"rows.json", "[" + text + "]"}}}, "otherResources")
		for _, s := range top.Subjects {
			if got := [2]int{s.Counted, len(s.Objects)}; s.Kind == "otherResources" && got != want {
				t.Errorf("%s\ncounted and made: %d, want %d", text, got, want)
			}
		}
	}
}

// A link that a mapping does not state may go anywhere, so that what has one is not
// only counted: the list that it may be in is open.
func TestRowsWithUnstatedLinksAreReadAlike(t *testing.T) {
	rules := fstest.MapFS{}
	if err := fs.WalkDir(founding(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(founding(), path)
		rules[path] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	replace := func(path, old, with string) {
		text := string(rules[path].Data)
		if strings.Count(text, old) != 1 {
			t.Fatalf("%s does not hold %q once", path, old)
		}
		rules[path].Data = []byte(strings.Replace(text, old, with, 1))
	}
	replace("topology.yaml", "        link: [subnets]\n        default: []\n        inverse: otherResources\n", "        link: [subnets]\n        inverse: otherResources\n")
	replace("inputs/arm.yaml", "      subnets: filter(resource.references, .type endsWith \"/subnets\")\n", "")
	e := newEngines(t, rules)
	const site = `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a", "type": "Microsoft.Web/sites", "properties": {}}`
	const network = `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v", "type": "Microsoft.Network/virtualNetworks", "properties": {"subnets": [{"name": "a"}]}}`
	got := e.read(t, input{Files: []file{{"rows.json", "[" + site + ", " + network + "]"}}, Declared: &file{"d.yaml", "complete: [otherResources]"}})
	if want := `otherResources: [] or more ("subnets" is not set in rows.json)`; !strings.Contains(got, want) {
		t.Errorf("there is no %q in\n%s", want, got)
	}
}

// What stands under keys that the reader fills in itself is no reference.
func TestRowsWithKeysThatAreFilledIn(t *testing.T) {
	e := newEngines(t, founding())
	const row = `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a", "type": "Microsoft.Web/sites", "properties": {}, "%s": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"}}`
	for key, want := range map[string]bool{"parent": false, "scope": false, "Scope": false, "scopeType": false, "owner": true} {
		top := e.goTopology(input{Files: []file{{"rows.json", "[" + fmt.Sprintf(row, key) + "]"}}}, "otherResources")
		if got := strings.Contains(describeTopology(e.env, top), "- subnets/"); got != want {
			t.Errorf("%q leads to a subnet: %t, want %t", key, got, want)
		}
	}
}

// Of one object the rows say different things, of whatever kind it is.
func TestRowsOfOneObjectAreReadAlike(t *testing.T) {
	e := newEngines(t, founding())
	const id = `{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/%s", "type": "%s", "properties": {%s}}`
	const subnet = `"subnetId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"`
	rows := []string{
		fmt.Sprintf(id, "x", "Microsoft.Web/sites", ""),
		fmt.Sprintf(id, "X", "Microsoft.Web/sites", ""),
		fmt.Sprintf(id, "x", "Microsoft.Web/slots", ""),
		fmt.Sprintf(id, "x", "Microsoft.Web/sites", subnet),
		fmt.Sprintf(id, "x", "Microsoft.Network/bastionHosts", ""),
	}
	for _, a := range rows {
		for _, b := range rows {
			for _, form := range []string{"[%s, %s]", `{"data": [%s, %s], "total_records": 3}`, "[%[1]s, %[2]s, %[1]s]"} {
				e.read(t, input{Files: []file{{"rows.json", fmt.Sprintf(form, a, b)}}})
				if t.Failed() {
					t.Fatalf("%s and %s, in the form %q", a, b, form)
				}
			}
		}
	}
}

// A list that another format is asked for holds no rows, which that format could
// not read.
func TestRowsAreForResourcesAlone(t *testing.T) {
	e := newEngines(t, founding())
	for _, text := range []string{
		`[{"id": "a", "sku": "Basic"}]`,
		`{"data": [{"id": "a"}], "bastions": [{"name": "b", "sku": "Basic"}]}`,
		`{"value": [{"type": "a"}], "resources": [{"type": "Microsoft.Network/bastionHosts", "apiVersion": "2023-01-01", "name": "b"}]}`,
	} {
		for _, format := range []string{"auto", "native", "arm", "terraform"} {
			e.read(t, input{Files: []file{{"list.json", text}}, Input: format})
		}
	}
}

// The form of a table that Resource Graph answers in says the same as objects do,
// whose place is that of their row.
func TestTablesAreReadAsObjects(t *testing.T) {
	e := newEngines(t, founding())
	const id = `"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"`
	const properties = `{"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": [{"name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}}]}`
	objects := e.read(t, input{Files: []file{{"q.json", `{"data": [{"id": ` + id + `, "type": "microsoft.network/virtualnetworks", "properties": ` + properties + `}]}`}}})
	const columns = `"columns": [{"name": "id", "type": "string"}, {"name": "type", "type": "string"}, {"name": "properties", "type": "object"}, {"name": "Resources"}]`
	table := e.read(t, input{Files: []file{{"q.json", `{"data": {` + columns + `, "rows": [[` + id + `, "microsoft.network/virtualnetworks", ` + properties + `]]}}`}}})
	places := regexp.MustCompile(`q\.json:\d+:\d+ \S+`)
	if a, b := places.ReplaceAllString(objects, "*"), places.ReplaceAllString(table, "*"); a != b {
		t.Errorf("as objects:\n%s\nas a table:\n%s", a, b)
	}
	if want := "/data/rows/0/2/subnets/0"; !strings.Contains(table, want) {
		t.Errorf("the subnet does not stand at %s:\n%s", want, table)
	}
	for _, broken := range []string{
		`{"data": {"rows": [[` + id + `]]}}`,
		`{"data": {"columns": [], "rows": [[` + id + `]]}}`,
		`{"data": {"columns": [{"name": "id"}, {"name": "id"}], "rows": [[` + id + `, "x"], 7, {"id": ` + id + `}]}}`,
		`{"data": {"columns": [{}, 7], "rows": [[` + id + `]]}}`,
		`{"data": {"columns": "id", "rows": [[` + id + `]]}}`,
		`{"data": {` + columns + `, "rows": [[` + id + `], [], ["x", "y", "z", "a", "b"], [` + id + `, "T", {}, [{"id": ` + id + `, "properties": {"subnets": [{"name": "x"}]}}]]]}, "total_records": 9}`,
	} {
		e.read(t, input{Files: []file{{"q.json", broken}}})
	}
}

// Of planned values only what is not among the changes is read, with its place, however
// it is written.
func TestPlannedRowsAreReadAlike(t *testing.T) {
	e := newEngines(t, founding())
	const change = `{"address": "azurerm_virtual_network.%s", "mode": "managed", "type": "azurerm_virtual_network", "name": "%[1]s", "change": {"actions": [%s], "before": null, "after": {"name": "%[1]s", "address_space": ["10.0.0.0/8"]}}}`
	const form = `{"format_version": "1.2", "resource_changes": [%s, %s],
"planned_values": {"root_module": {"resources": [
%s
], "child_modules": [{"address": "module.m", "resources": [%[3]s]}]}},
"configuration": {"root_module": {"module_calls": {"m": {"module": {}}}}}}`
	const values = `"values": {"name": "w", "address_space": ["10.1.0.0/16"], "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/w"}`
	head := func(address string) string {
		return `"address": "azurerm_virtual_network.` + address + `", "mode": "managed", "type": "azurerm_virtual_network", "name": "w", `
	}
	const known, added = false, true
	rows := []struct {
		row  string
		read bool
	}{
		{head("known") + values, known},
		{head("dropped") + values, known},
		{head("new") + values, added},
		{head(`new[\"a/b\"]`) + `"index": "a/b", ` + values, added},
		{head("known") + `"deposed_key": "", ` + values, known},
		{head("known") + `"deposed_key": "00000001", ` + values, known},
		{head("known") + `"address": "azurerm_virtual_network.new", ` + values, added},
		{head("new") + `"address": "azurerm_virtual_network.known", ` + values, known},
		{head("known") + `"Address": "azurerm_virtual_network.new", ` + values, known},
		{head("known") + `"type": "", ` + values, known},
		{head("known") + `"type": null, ` + values, known},
		{head("known") + `"values": null`, known},
		{head("known") + `"values": []`, known},
		{head("new") + `"values": []`, known},
		{head("new") + `"values": {"name": "w" /* so */, "address_space": ["10.1.0.0/16",],},`, added},
		{head("new") + `"values": {"name": "w", "address_space": ["10.1.0.0/1` + "\n" + `6"]}`, known},
		{head("new") + `"values": {"name": "w", "address_space": [1e999]}`, known},
		{head("new") + `"values": {"name": "w" "address_space": []}`, known},
		{head("known") + `"values": {"name": "\x"}`, known},
		{`"address": "azurerm_virtual_network\u002eknown", "type": "azurerm_virtual_network", "name": "w", ` + values, known},
		{`"address": "azurerm_virtual_network.known", "name": "w", ` + values, known},
		{`"type": "azurerm_virtual_network", "name": "w", ` + values, known},
		{`"address": "", "type": "azurerm_virtual_network", "name": "w", ` + values, known},
		{`"address": 7, "type": "azurerm_virtual_network", "name": "w", ` + values, known},
		{`"__proto__": {"address": "azurerm_virtual_network.known", "type": "azurerm_virtual_network"}, ` + values, known},
		{`"a": ` + strings.Repeat("[", 247) + strings.Repeat("]", 247) + `, ` + head("new") + values, added},
		{`"a": ` + strings.Repeat("[", 260) + strings.Repeat("]", 260) + `, ` + head("known") + values, known},
	}
	for _, r := range rows {
		row := r.row
		text := fmt.Sprintf(form, fmt.Sprintf(change, "known", `"create"`), fmt.Sprintf(change, "dropped", `"delete"`), "{"+row+"}")
		said := e.read(t, input{Files: []file{{"plan.json", text}}})
		if read := strings.Contains(said, `"10.1.0.0/16"`); read != r.read {
			t.Errorf("it is read: %v\n%s", read, said)
		}
		// So it is where a change has no address either.
		nameless := strings.Replace(text, `"address": "azurerm_virtual_network.dropped", `, "", 1)
		if said := e.read(t, input{Files: []file{{"plan.json", nameless}}}); strings.Contains(row, `"name": "w"`) && !strings.Contains(row, `"address": `) && strings.Count(said, "input/terraform-shape") == 0 {
			t.Errorf("a resource without an address is passed over:\n%s", said)
		}
		// The same text, read as another format: the rows are maps like others.
		e.read(t, input{Input: "native", Files: []file{{"plan.json", text}}})
		e.read(t, input{Input: "resources", Files: []file{{"plan.json", text}}})
		if t.Failed() {
			t.Fatal(row)
		}
	}
	// Its place is that in the planned values.
	said := e.read(t, input{Files: []file{{"plan.json", fmt.Sprintf(form, fmt.Sprintf(change, "known", `"create"`), fmt.Sprintf(change, "dropped", `"delete"`), "{"+rows[2].row+"}")}}})
	if !strings.Contains(said, "/planned_values/root_module/resources/0/values") {
		t.Errorf("the place is not that of the planned values:\n%s", said)
	}
}
