package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
)

// choice is a flag with a fixed set of values.
type choice struct {
	value  string
	values []string
}

func oneOf(value string, more ...string) *choice {
	return &choice{value, append([]string{value}, more...)}
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.values, "|") }

func (c *choice) Set(text string) error {
	for _, v := range c.values {
		if v == text {
			c.value = v
			return nil
		}
	}
	if s := diag.Suggest(text, c.values); s != "" {
		return fmt.Errorf("did you mean %q?", s)
	}
	return fmt.Errorf("it is one of %s", strings.Join(c.values, ", "))
}

// address is a flag that holds the URL of a site.
type address string

func (a *address) String() string { return string(*a) }
func (a *address) Type() string   { return "URL" }

func (a *address) Set(text string) error {
	url, err := config.ParseBaseURL(text)
	*a = address(url)
	return err
}

// once is a flag with one text: a second would drop the first.
type once string

func (o *once) String() string { return string(*o) }
func (o *once) Type() string   { return "string" }

func (o *once) Set(text string) error {
	if *o != "" {
		return errors.New("it can be given once")
	}
	*o = once(text)
	return nil
}
