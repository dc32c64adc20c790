package checkout

import "testing"

// Two operators with one key text are two, and no key of one reads as a key of another.
func TestAKeyNamesItsOperator(t *testing.T) {
	causes := map[Cause]Key{}
	for _, k := range []Key{
		{CommandLine, "k1"}, {"ann", "k1"}, {"ben", "k1"}, {CommandLine, "ann/k1"}, {CommandLine, "/k1"}, {"ann", "/k1"}, {},
	} {
		if other, taken := causes[k.Cause()]; taken {
			t.Errorf("%v and %v have the cause %s", k, other, k.Cause())
		}
		causes[k.Cause()] = k
	}
	if got := (Key{CommandLine, "k1"}).Cause().String(); got != "admin:k1" {
		t.Errorf("the ledger names a command %q", got)
	}
	if got := (Key{"ann", "k1"}).Cause().String(); got != "admin:ann/k1" {
		t.Errorf("the ledger names ann's order %q", got)
	}
}
