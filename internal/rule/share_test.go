package rule

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
)

// network is a native topology of n machines in one network, of which some say more
// than others.
func network(n int) string {
	var b strings.Builder
	b.WriteString(`{"virtualNetworks": [{"name": "net"}], "subnets": [{"name": "all", "virtualNetwork": "net"}], "networkInterfaces": [`)
	list := func(format string) {
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, format, i)
		}
	}
	list(`{"name": "nic-%[1]d", "virtualMachine": "vm-%[1]d"}`)
	b.WriteString(`], "ipConfigurations": [`)
	list(`{"name": "ip-%[1]d", "networkInterface": "nic-%[1]d", "subnet": "all"}`)
	b.WriteString(`], "virtualMachines": [`)
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"name": "vm-%[1]d"`, i)
		if i%3 == 0 {
			b.WriteString(`, "os": "Linux"`)
		}
		b.WriteString("}")
	}
	b.WriteString("]}")
	return b.String()
}

// However many share the work, they say the same in the same order.
func TestSharesSayTheSame(t *testing.T) {
	set := founding(t)
	text := network(500)
	check := func(opts Options) []byte {
		top := topology.Read(set.Env, []topology.File{{Name: "net.json", Text: text}}, topology.Options{})
		if len(top.Problems) > 0 {
			t.Fatal(top.Problems[0].Message)
		}
		return set.Check(top, opts).JSON()
	}
	for _, opts := range []Options{{All: true}, {Explain: true, Rules: []string{"vm-recommended-path", "vm-access-paths"}}} {
		alone := check(opts)
		if !bytes.Contains(alone, []byte(`"missing":[{`)) {
			t.Fatal("nothing is left open")
		}
		for _, jobs := range []int{2, 3} {
			opts.Jobs = jobs
			if !bytes.Equal(check(opts), alone) {
				t.Errorf("%d say otherwise than one, of %+v", jobs, opts)
			}
		}
	}
}
