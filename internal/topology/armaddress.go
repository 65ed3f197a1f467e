package topology

import (
	"math/big"
	"net/netip"
)

func armAddressFunctions() map[string]armFunction {
	return map[string]armFunction{
		"cidrSubnet": {min: 3, max: 3, run: armCidrSubnet},
		"cidrHost":   {min: 2, max: 2, run: armCidrHost},
		"parseCidr":  {min: 1, max: 1, run: armParseCidr},
	}
}

// network is an address range: the number of its first address, in a space of
// bits bits, and the length of its prefix.
type network struct {
	first  *big.Int
	prefix int
	bits   int
}

func (c *armCallEnv) network() (network, bool) {
	s, _ := c.args[0].(string)
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return network{}, false
	}
	p = p.Masked()
	return network{new(big.Int).SetBytes(p.Addr().AsSlice()), p.Bits(), p.Addr().BitLen()}, true
}

// size is how many addresses a prefix of the length covers.
func (n network) size(prefix int) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(n.bits-prefix))
}

func (n network) address(offset *big.Int) netip.Addr {
	b := make([]byte, n.bits/8)
	new(big.Int).Add(n.first, offset).FillBytes(b)
	a, _ := netip.AddrFromSlice(b)
	return a
}

func armCidrSubnet(c *armCallEnv) any {
	n, ok := c.network()
	prefix, pok := c.args[1].(int)
	index, iok := c.args[2].(int)
	if !ok || !pok || !iok {
		return c.fail("it takes an address range, a prefix length and an index")
	}
	if prefix < n.prefix || prefix > n.bits || index < 0 {
		return c.fail("the prefix length or the index is outside the range")
	}
	offset := new(big.Int).Mul(big.NewInt(int64(index)), n.size(prefix))
	if offset.Cmp(n.size(n.prefix)) >= 0 {
		return c.fail("the prefix length or the index is outside the range")
	}
	return netip.PrefixFrom(n.address(offset), prefix).String()
}

func armCidrHost(c *armCallEnv) any {
	n, ok := c.network()
	index, iok := c.args[1].(int)
	if !ok || !iok || index < 0 {
		return c.fail("it takes an address range and an index")
	}
	// The address of the network itself is no host; in IPv4 neither is the last.
	offset := big.NewInt(int64(index))
	if n.prefix < n.bits-1 {
		offset.Add(offset, big.NewInt(1))
	}
	if offset.Cmp(n.size(n.prefix)) >= 0 {
		return c.fail("the index is outside the range")
	}
	return n.address(offset).String()
}

func armParseCidr(c *armCallEnv) any {
	n, ok := c.network()
	if !ok {
		return c.fail("it takes an address range")
	}
	last := new(big.Int).Sub(n.size(n.prefix), big.NewInt(1))
	firstUsable, lastUsable := big.NewInt(0), last
	if n.bits == 32 && n.prefix < 31 {
		firstUsable, lastUsable = big.NewInt(1), new(big.Int).Sub(last, big.NewInt(1))
	}
	mask := network{new(big.Int).Sub(n.size(0), n.size(n.prefix)), 0, n.bits}
	out := map[string]any{
		"network": n.address(new(big.Int)).String(), "netmask": mask.address(new(big.Int)).String(),
		"firstUsable": n.address(firstUsable).String(), "lastUsable": n.address(lastUsable).String(),
		"cidr": n.prefix,
	}
	if n.bits == 32 {
		out["broadcast"] = n.address(last).String()
	}
	return out
}
