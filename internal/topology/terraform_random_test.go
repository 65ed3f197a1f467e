package topology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// deployment is a random set of resources that can be written as a plan, where ids
// follow apply and the configuration tells what refers to what, or as the state
// that the plan leads to.
type deployment struct {
	*rand.Rand
	resources []deployed
	calls     map[string]any // of modules
	variables map[string]any
}

// deployed is a resource with its attributes; a reference stands for an id.
type deployed struct {
	module, typ, name string
	index             any
	values            map[string]any
}

// reference is the id of another resource. how says how the configuration writes it.
type reference struct {
	to  deployed
	how []string
}

func (d deployed) label() string { return d.typ + "." + d.name }

func (d deployed) key() string {
	switch i := d.index.(type) {
	case int:
		return fmt.Sprintf("[%d]", i)
	case string:
		return fmt.Sprintf("[%q]", i)
	}
	return ""
}

func (d deployed) address() string {
	prefix := ""
	if d.module != "" {
		prefix = d.module + "."
	}
	return prefix + d.label() + d.key()
}

func (d deployed) azureID() string {
	group, _ := d.values["resource_group_name"].(string)
	part := map[string]string{
		"azurerm_virtual_network": "virtualNetworks/", "azurerm_network_security_group": "networkSecurityGroups/",
		"azurerm_network_interface": "networkInterfaces/", "azurerm_bastion_host": "bastionHosts/", "azurerm_linux_virtual_machine": "virtualMachines/",
		"azurerm_lb_backend_address_pool": "pools/",
	}[d.typ]
	name, _ := d.values["name"].(string)
	switch d.typ {
	case "azurerm_subnet":
		part = "virtualNetworks/" + d.values["virtual_network_name"].(string) + "/subnets/"
	case "azurerm_network_security_rule":
		part = "networkSecurityGroups/" + d.values["network_security_group_name"].(string) + "/securityRules/"
	}
	if part == "" { // an association has the id of what it associates
		for _, key := range []string{"subnet_id", "network_interface_id"} {
			if r, ok := d.values[key].(reference); ok {
				return r.to.azureID()
			}
		}
	}
	return "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/" + group + "/providers/Microsoft.Network/" + part + name
}

func (g *deployment) add(module, typ, name string, index any, values map[string]any) deployed {
	d := deployed{module, typ, name, index, values}
	g.resources = append(g.resources, d)
	return d
}

// refer writes a reference from a resource with an index to another: by its key,
// by the key that both have, or through a variable.
func (g *deployment) refer(to deployed, index any) reference {
	whole := []string{to.label() + to.key() + ".id", to.label() + to.key(), to.label()}
	switch {
	case to.index == nil:
		return reference{to, []string{to.label() + ".id", to.label()}}
	case to.index == index:
		if _, number := index.(int); number {
			return reference{to, []string{to.label(), "count.index"}}
		}
		return reference{to, []string{to.label(), "each.key"}}
	case g.IntN(2) == 0:
		name := fmt.Sprintf("key%d", len(g.variables))
		g.variables[name] = map[string]any{"value": map[string]any{"key": to.index}}
		return reference{to, []string{to.label(), "var." + name + ".key", "var." + name}}
	}
	return reference{to, whole}
}

func randomDeployment(r *rand.Rand) *deployment {
	g := &deployment{Rand: r, calls: map[string]any{}, variables: map[string]any{}}
	group := "rg-" + string(rune('a'+r.IntN(2)))
	base := func(name string, more map[string]any) map[string]any {
		out := map[string]any{"name": name, "resource_group_name": group}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	var subnets, groups, cards, pools []deployed
	for i := range 1 + r.IntN(3) {
		net := fmt.Sprintf("vnet-%d", i)
		g.add("", "azurerm_virtual_network", fmt.Sprintf("net%d", i), nil, base(net, map[string]any{"address_space": []any{fmt.Sprintf("10.%d.0.0/16", i)}}))
		keyed := r.IntN(2) == 0
		for j := range 1 + r.IntN(3) {
			var index any = j
			if keyed {
				index = string(rune('a' + j))
			}
			subnets = append(subnets, g.add("", "azurerm_subnet", fmt.Sprintf("sub%d", i), index, base(fmt.Sprintf("snet-%d", j), map[string]any{
				"virtual_network_name": net, "address_prefixes": []any{fmt.Sprintf("10.%d.%d.0/24", i, j)}})))
		}
	}
	for i := range r.IntN(3) {
		groups = append(groups, g.add("", "azurerm_network_security_group", "grp", i, base(fmt.Sprintf("nsg-%d", i), map[string]any{})))
		for j := range r.IntN(3) {
			g.add("", "azurerm_network_security_rule", fmt.Sprintf("rule%d", i), j, base(fmt.Sprintf("rule-%d", j), map[string]any{
				"network_security_group_name": fmt.Sprintf("nsg-%d", i), "priority": 100 + j, "source_address_prefixes": []any{"10.0.0.0/8"}}))
		}
	}
	for i := range r.IntN(3) {
		pools = append(pools, g.add("", "azurerm_lb_backend_address_pool", "pool", string(rune('a'+i)), base(fmt.Sprintf("pool-%d", i), map[string]any{})))
	}
	for i, s := range subnets {
		if len(groups) > 0 && r.IntN(2) == 0 {
			g.add("", "azurerm_subnet_network_security_group_association", fmt.Sprintf("assoc%d", i), nil, map[string]any{
				"subnet_id": g.refer(s, nil), "network_security_group_id": g.refer(groups[r.IntN(len(groups))], nil)})
		}
	}
	for i := range r.IntN(5) {
		var index any = i
		cards = append(cards, g.add("", "azurerm_network_interface", "nic", index, base(fmt.Sprintf("nic-%d", i), map[string]any{
			"ip_configuration": []any{map[string]any{"name": "internal", "subnet_id": g.refer(subnets[r.IntN(len(subnets))], index), "public_ip_address_id": nil}}})))
	}
	for i, c := range cards {
		if r.IntN(3) > 0 {
			g.add("", "azurerm_linux_virtual_machine", "vm", c.index, base(fmt.Sprintf("vm-%d", i), map[string]any{"admin_password": nil, "network_interface_ids": []any{g.refer(c, c.index)}}))
		}
		if len(pools) > 0 && r.IntN(2) == 0 {
			g.add("", "azurerm_network_interface_backend_address_pool_association", fmt.Sprintf("member%d", i), nil, map[string]any{
				"network_interface_id": g.refer(c, nil), "ip_configuration_name": "internal", "backend_address_pool_id": g.refer(pools[r.IntN(len(pools))], nil)})
		}
	}
	// A Bastion in a module, which takes its subnet as an input.
	s := subnets[r.IntN(len(subnets))]
	up := g.refer(s, nil)
	g.add("module.bastion", "azurerm_bastion_host", "this", nil, base("bas", map[string]any{"sku": "Basic",
		"ip_configuration": []any{map[string]any{"name": "ip", "subnet_id": reference{s, []string{"var.subnet_id"}}, "public_ip_address_id": nil}}}))
	g.calls["bastion"] = map[string]any{"expressions": map[string]any{"subnet_id": map[string]any{"references": up.how}}}
	return g
}

// split gives a value as it is after the plan, what of it is unknown, how the
// configuration writes it, and as it is in the state.
func split(v any) (after, unknown, config, state any) {
	switch v := v.(type) {
	case reference:
		return nil, true, map[string]any{"references": v.how}, v.to.azureID()
	case []any:
		a, u, c, s := []any{}, []any{}, []any{}, []any{}
		for _, item := range v {
			ia, iu, ic, is := split(item)
			a, u, c, s = append(a, ia), append(u, iu), append(c, ic), append(s, is)
			if r, ok := item.(reference); ok { // a list in one expression
				return a, u, map[string]any{"references": r.how}, s
			}
			if _, isMap := item.(map[string]any); !isMap {
				return v, false, map[string]any{"constant_value": v}, v
			}
		}
		return a, u, c, s
	case map[string]any:
		a, u, c, s := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
		for key, item := range v {
			ia, iu, ic, is := split(item)
			if iu != true {
				a[key] = ia
			}
			if iu != false {
				u[key] = iu
			}
			c[key], s[key] = ic, is
		}
		return a, u, c, s
	}
	return v, false, map[string]any{"constant_value": v}, v
}

// texts writes the deployment in both forms.
func (g *deployment) texts() (plan, state string) {
	var changes, kept []any
	config := map[string]map[string]any{"": {}, "module.bastion": {}}
	modules := map[string][]any{}
	for _, d := range g.resources {
		after, unknown, expressions, values := split(d.values)
		unknown.(map[string]any)["id"] = true
		if d.typ == "azurerm_virtual_network" {
			unknown.(map[string]any)["subnet"], unknown.(map[string]any)["dns_servers"] = true, true
		}
		if d.typ == "azurerm_network_interface" {
			unknown.(map[string]any)["virtual_machine_id"] = true
		}
		values.(map[string]any)["id"] = d.azureID()
		head := map[string]any{"address": d.address(), "mode": "managed", "type": d.typ, "name": d.name}
		if d.index != nil {
			head["index"] = d.index
		}
		change := map[string]any{"change": map[string]any{"actions": []any{"create"}, "after": after, "after_unknown": unknown}}
		if d.module != "" {
			change["module_address"] = d.module
		}
		stated := map[string]any{"values": values}
		for k, v := range head {
			change[k], stated[k] = v, v
		}
		changes = append(changes, change)
		if d.module == "" {
			kept = append(kept, stated)
		} else {
			modules[d.module] = append(modules[d.module], stated)
		}
		block := map[string]any{"mode": "managed", "type": d.typ, "name": d.name, "expressions": expressions}
		// Each instance has an expression of its own here; of several the last counts,
		// so what differs must be in resources of one instance.
		config[d.module][d.label()] = block
	}
	list := func(m map[string]any) (out []any) {
		for _, d := range g.resources {
			if b, ok := m[d.label()]; ok {
				out = append(out, b)
				delete(m, d.label())
			}
		}
		return out
	}
	g.calls["bastion"].(map[string]any)["module"] = map[string]any{"resources": list(config["module.bastion"])}
	write := func(v any) string {
		text, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	plan = write(map[string]any{"format_version": "1.2", "variables": g.variables, "resource_changes": changes,
		"configuration": map[string]any{"root_module": map[string]any{"resources": list(config[""]), "module_calls": g.calls}}})
	state = write(map[string]any{"format_version": "1.0", "values": map[string]any{"root_module": map[string]any{"resources": kept,
		"child_modules": []any{map[string]any{"address": "module.bastion", "resources": modules["module.bastion"]}}}}})
	return plan, state
}

// separate gives every instance that refers to something of its own a resource of
// its own, since one resource has one expression for all of its instances.
func (g *deployment) separate() *deployment {
	seen := map[string]string{}
	for i, d := range g.resources {
		_, _, expressions, _ := split(d.values)
		text, _ := json.Marshal(expressions)
		refs := strings.Join(regexp.MustCompile(`"references":\[[^\]]*\]`).FindAllString(string(text), -1), " ")
		if first, ok := seen[d.label()]; ok && first != refs && refs != "" {
			return nil
		}
		if refs != "" {
			seen[g.resources[i].label()] = refs
		}
	}
	return g
}

// TestPlanAndState: a deployment as a plan and as the state that the plan leads to
// is the same topology, in both engines.
func TestPlanAndState(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/terraform/rules"))
	place := regexp.MustCompile(`(?m) topology\.json:\d+:\d+ \S+$`)
	compared := 0
	for seed := range uint64(400) {
		g := randomDeployment(rand.New(rand.NewPCG(seed, 7))).separate()
		if g == nil {
			continue
		}
		compared++
		plan, state := g.texts()
		a := place.ReplaceAllString(e.read(t, input{Files: []file{{"topology.json", plan}}}), "")
		b := place.ReplaceAllString(e.read(t, input{Files: []file{{"topology.json", state}}}), "")
		if a != b {
			t.Fatalf("seed %d: the forms differ%s\n%s\n%s", seed, firstDifference(a, b), plan, state)
		}
		if strings.Contains(a, "known after apply") {
			t.Fatalf("seed %d: not everything is followed:\n%s\n%s", seed, a, plan)
		}
	}
	if compared < 100 {
		t.Errorf("only %d deployments were compared", compared)
	}
}

// TestDamagedPlans takes goldens, damages them at random, and compares the engines.
func TestDamagedPlans(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/terraform/rules"))
	paths, _ := filepath.Glob("testdata/terraform/*.txtar")
	r := rand.New(rand.NewPCG(1, 2))
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			var doc any
			if f.Name == "want" || json.Unmarshal(f.Data, &doc) != nil {
				continue
			}
			for range 12 {
				_ = json.Unmarshal(f.Data, &doc)
				for range 1 + r.IntN(4) {
					doc = damage(r, doc)
				}
				text, _ := json.Marshal(doc)
				e.read(t, input{Files: []file{{f.Name, string(text)}}, Input: "terraform"})
			}
			cut := string(f.Data[:r.IntN(len(f.Data))])
			e.read(t, input{Files: []file{{f.Name, cut}}})
			if t.Failed() {
				t.Fatal(path, f.Name)
			}
		}
	}
}

// damage changes one value somewhere inside.
func damage(r *rand.Rand, v any) any {
	if r.IntN(6) == 0 {
		return []any{nil, true, false, 0.0, 1.5, "", "x", "[", "data.a", "module.m[\"k\"].x", "/subscriptions/x/resourceGroups/y", []any{}, map[string]any{}, []any{true}, map[string]any{"id": true}}[r.IntN(15)]
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return []any{nil}
		}
		i := r.IntN(len(v))
		if r.IntN(6) == 0 {
			return append(v, v[i])
		}
		v[i] = damage(r, v[i])
		return v
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		if len(keys) == 0 {
			return nil
		}
		// Sorted, so that a seed means the same damage every time.
		for i := range keys {
			for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
				keys[j], keys[j-1] = keys[j-1], keys[j]
			}
		}
		k := keys[r.IntN(len(keys))]
		if r.IntN(8) == 0 {
			delete(v, k)
			return v
		}
		v[k] = damage(r, v[k])
		return v
	}
	return v
}

// TestHostilePlans: plans that try to take the reader's time or memory end alike in
// both engines.
func TestHostilePlans(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/terraform/rules"))
	plan := func(changes []string, config string) string {
		return `{"format_version":"1.2","resource_changes":[` + strings.Join(changes, ",") + `],"configuration":{"root_module":` + config + `}}`
	}
	host := `{"address":"azurerm_bastion_host.b","mode":"managed","type":"azurerm_bastion_host","name":"b","change":{"actions":["create"],"after":{"name":"bas","ip_configuration":[{}]},"after_unknown":{"ip_configuration":[{"subnet_id":true}]}}}`
	to := func(refs string) string {
		return `{"mode":"managed","type":"azurerm_bastion_host","name":"b","expressions":{"ip_configuration":[{"subnet_id":{"references":[` + refs + `]}}]}}`
	}
	modules := `{"outputs":{"x":{"expression":{"references":["azurerm_subnet.s"]}}}}`
	for range 60 { // each output takes the one below twice
		modules = `{"outputs":{"x":{"expression":{"references":["module.m.x","module.m","module.n.x","module.n"]}}},"module_calls":{"m":{"module":` + modules + `},"n":{"module":{}}}}`
	}
	inputs := `{"resources":[` + to(`"var.x"`) + `]}`
	for range 60 {
		inputs = `{"module_calls":{"m":{"expressions":{"x":{"references":["var.x","var.y"]},"y":{"references":["var.x"]}},"module":` + inputs + `}}}`
	}
	var many, users []string
	for i := range 1500 {
		many = append(many, fmt.Sprintf(`{"address":"azurerm_subnet.s[%d]","mode":"managed","type":"azurerm_subnet","name":"s","index":%d,"change":{"actions":["create"],"after":{},"after_unknown":{"id":true}}}`, i, i))
		users = append(users, fmt.Sprintf(`{"address":"azurerm_bastion_host.b[%d]","mode":"managed","type":"azurerm_bastion_host","name":"b","index":%d,"change":{"actions":["create"],"after":{"ip_configuration":[{}]},"after_unknown":{"ip_configuration":[{"subnet_id":true}]}}}`, i, i))
	}
	for name, c := range map[string]struct{ text, want string }{
		"modules in modules": {plan([]string{host}, `{"resources":[`+to(`"module.m.x","module.m"`)+`],"module_calls":{"m":{"module":`+modules+`}}}`), "hosts: [→bas]"},
		"inputs of inputs":   {plan([]string{strings.Replace(host, `"mode"`, `"module_address":"`+strings.TrimSuffix(strings.Repeat("module.m.", 60), ".")+`","mode"`, 1)}, inputs), "hosts: [→bas]"},
		"deep values":        {plan([]string{strings.Replace(host, `"name":"bas"`, `"name":"bas","x":`+strings.Repeat(`[{"a":`, 100)+"1"+strings.Repeat("}]", 100), 1)}, "{}"), "hosts: [→bas]"},
		"prototypes":         {plan([]string{strings.Replace(host, `"name":"bas"`, `"name":"bas","__proto__":{"sku":"x"},"constructor":1`, 1)}, `{"resources":[`+to(`"var.__proto__","each.constructor"`)+`],"module_calls":{"__proto__":{}}}`), "hosts: [→bas]"},
		"all of many":        {plan(append(many, users...), `{"resources":[`+to(`"azurerm_subnet.s","local.x"`)+`,{"mode":"managed","type":"azurerm_subnet","name":"s","expressions":{}}]}`), "[input/terraform-limit]"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input{Files: []file{{"plan.json", c.text}}}
			got := describeTopology(e.env, e.goTopology(in))
			if name != "all of many" { // which takes an engine without a compiler too long
				got = e.read(t, in)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%q is missing in:\n%.2000s", c.want, got)
			}
		})
	}
}

// TestRealPlans reads real plans with the founding model: both engines give the
// same, without an error.
func TestRealPlans(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(shared, "terraform-plan", "*.json"))
	if len(paths) == 0 {
		t.Skip("../shared is absent")
	}
	e := newEngines(t, founding())
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			in := input{Files: []file{readFile(t, path)}}
			got := e.read(t, in)
			if problems := e.goTopology(in).Problems; len(problems) > 0 {
				t.Errorf("%s", got)
			}
			// Derived by hand from the files.
			var want []string
			switch filepath.Base(path) {
			case "regula-nsg-22.json":
				want = []string{
					"- networkSecurityGroups/azurerm_network_security_group.testnsg ", "securityRules: [→invalidrule1, →validrule2, →validrule3, →validrule1, →validrule2]",
					"- securityRules/azurerm_network_security_group.invalidnsg2/securityRules/testrule3 ", `sources: ["0.0.0.0/0"]`, `destinationPorts: ["22"]`,
					`sources: ["*", "10.10.10.10"]`, `destinationPorts: ["20-25"]`, `destinationPorts: ["235", "30-50"]`, "subjects securityRules 10",
				}
			case "infracost-azure-firewall.json":
				want = []string{
					"- firewalls/azurerm_firewall.premium_virtual_hub ", "subnet: →AzureFirewallSubnet", "hub: →example", "virtualNetwork: →testvnet",
					"firewalls: [→testfirewall, →testfirewall, →testfirewall, →testfirewall, →testfirewall]", `sku: "Standard"`, "virtualWan: →example-virtualwan",
				}
			}
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is missing in:\n%s", w, got)
				}
			}
		})
	}
}
