package main

import (
	"testing"

	"github.com/plumbline/plumbline/internal/rule"
)

// TestSays: a subject is named in a message where it is a word of its own.
func TestSays(t *testing.T) {
	c := &checkRun{titles: map[string]string{"r": "The title of bas"}}
	for message, want := range map[string]bool{
		"bas is Basic": true, "the SKU of bas": true, "bas": true, "bas-hub and bas": true, "(bas)": true, "bas-hub": true,
		"the bastion": false, "abas": false, "basbas": false, "basbas bas": true, "none": false, "The title of bas": false, "übas": false,
	} {
		if got := c.says(rule.Finding{Rule: "r", Message: message, Subject: rule.Subject{Name: "bas"}}); got != want {
			t.Errorf("%q names bas: %t", message, got)
		}
	}
}
