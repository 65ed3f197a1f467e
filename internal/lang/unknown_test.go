package lang_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/topology"
)

const testModel = `
kinds:
  bastions:
    one: bastion
    fields:
      sku: { enum: [Basic, Standard] }
      scaleUnits: { type: int }
      ipConnect: { type: bool, default: false }
      subnet: { link: subnets, inverse: bastions }
    derived:
      network: subnet.network
      isBasic: sku == "Basic"
      crowded: any(network.subnets, .size < 26)
  subnets:
    one: subnet
    fields:
      size: { type: int }
      network: { link: networks, inverse: subnets }
  networks:
    one: network
    fields:
      open: { type: bool }
functions:
  small: { params: { s: subnets }, body: s.size > 26 }
declared:
  regions: { type: [string] }
`

const testTopology = `
bastions: [{ name: b, subnet: s1 }, { name: c, sku: Basic, scaleUnits: 2, subnet: s2 }]
subnets: [{ name: s1, network: n }, { name: s2, size: 26, network: n }]
networks: [{ name: n }]
`

// TestUnknown: what is decided, and which unknowns are named where nothing is.
// The subject is the first bastion, of which only the subnet is stated.
func TestUnknown(t *testing.T) {
	m, problems := model.Load(fstest.MapFS{"topology.yaml": {Data: []byte(testModel)}})
	env, more := lang.NewEnv(m)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Fatal(problems[0].Message)
	}
	for _, tt := range []struct{ expr, want string }{
		// A known side decides in either order.
		{`bastion.sku == "Basic" and false`, "false"},
		{`false and bastion.sku == "Basic"`, "false"},
		{`bastion.sku == "Basic" or true`, "true"},
		{`not (bastion.sku == "Basic" and bastion.ipConnect)`, "true"},
		{`bastion.sku == "Basic" ? true : true`, "true"},
		{`any(bastions, .scaleUnits == 2)`, "true"},
		{`all(bastions, .scaleUnits == 3)`, "false"},
		{`none(bastions, .scaleUnits == 2)`, "false"},
		{`one(concat(bastions, bastions), .scaleUnits == 2)`, "false"},
		{`let big = bastion.scaleUnits > 2; big and false`, "false"},
		{`bastion.isBasic or true`, "true"},
		{`small(bastion.subnet) or true`, "true"},
		// What nothing decides is named with its path.
		{`bastion.sku == "Basic"`, `unknown bastion.sku`},
		{`bastion.sku == "Basic" and bastion.scaleUnits > 2`, `unknown bastion.sku, bastion.scaleUnits`},
		{`bastion.isBasic`, `unknown bastion.sku`},
		{`bastion.network.open`, `unknown bastion.network.open`},
		{`bastion.subnet.network.open ?? true`, `unknown bastion.subnet.network.open`},
		{`bastion.crowded`, `unknown bastion.network.subnets[0].size`},
		{`any(bastions, .sku == "Standard")`, `unknown bastions[0].sku`},
		{`any(filter(bastions, .ipConnect == false), .scaleUnits == 7)`, `unknown bastions["b"].scaleUnits`},
		{`small(bastion.subnet)`, `unknown bastion.subnet.size`},
		{`small(first(bastion.network.subnets))`, `unknown subnets["s1"].size`},
		{`bastion.sku in ["Basic"]`, `unknown bastion.sku`},
		{`bastion.scaleUnits + 1 > 2 and bastion.scaleUnits + 1 > 2`, `unknown bastion.scaleUnits`},
		{`len(filter(bastions, .sku == "Basic")) > 0`, `unknown bastions[0].sku`},
		{`"westeurope" in declared.regions`, `unknown declared.regions`},
		{`unknown("nobody says") and true`, `unknown unknown`},
		// ?? and == nil look at nil only.
		{`bastion.sku ?? "Basic"`, `unknown bastion.sku`},
		{`bastion.sku == nil`, `unknown bastion.sku`},
		{`bastion?.subnet?.size`, `unknown bastion.subnet.size`},
		// nil equals nil and nothing else, whatever expr's compiler knows of types.
		{`findIndex([1, 2], # == 3) == 0`, "false"},
		{`findIndex([1, 2], # == 3) != 0`, "true"},
		{`find(["x"], # == "y") == "y"`, "false"},
		{`let i = findIndex([1], # == 2); i == 0`, "false"},
		{`(bastion.ipConnect ? 1 : findIndex([1], # == 2)) == 1`, "false"},
		{`findIndex([1, 2], # == 2) == 1`, "true"},
		// An error that only an unknown lets be met is no error.
		{`bastion.ipConnect == false and bastion.sku == "Basic" and len(5 > 3 ? nil : []) == 1`, `unknown bastion.sku`},
		{`len(5 > 3 ? nil : []) == 1 and bastion.sku == "Basic"`, `error "len" does not work on nil`},
	} {
		src := diag.NewSource("t.yaml", testTopology)
		root, _ := document.ParseYAML(src)
		top, problems := topology.ReadNative(env, src, root, topology.Changes{})
		if len(problems) > 0 {
			t.Fatal(problems[0].Message)
		}
		x, problems := env.Compile(model.Text{Value: tt.expr}, []lang.Var{{Name: "bastion", Kind: m.Kind("bastions")}}, "")
		if len(problems) > 0 {
			t.Errorf("%s: %s", tt.expr, problems[0].Message)
			continue
		}
		v, err := x.Eval(top.World, map[string]any{"bastion": top.Subjects[0].Objects[0]})
		got := fmt.Sprint(v)
		if u := lang.Open(v); u != nil {
			var paths []string
			for _, m := range u.Missing() {
				paths = append(paths, m.Path)
			}
			got = "unknown " + strings.Join(paths, ", ")
		}
		if err != nil {
			got = "error " + err.Message
		}
		if got != tt.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", tt.expr, got, tt.want)
		}
	}
}
