package operators_test

import (
	"strings"
	"testing"

	"antom-checkout/checkout/operators"
)

// TestWhatEachRoleAndStageOpens holds the whole table.
func TestWhatEachRoleAndStageOpens(t *testing.T) {
	for _, row := range []struct {
		role  operators.Role
		stage operators.Stage
		opens string
	}{
		{"", "", "open"},
		{operators.Viewer, operators.StageFull, "open account see"},
		{operators.Support, operators.StageFull, "open account see refund"},
		{operators.Finance, operators.StageFull, "open account see refund money"},
		{operators.Owner, operators.StageFull, "open account see refund money manage"},
		{operators.Owner, operators.StageProving, "open proving"},
		{operators.Owner, operators.StageSetup, "open account"},
		{"no role", operators.StageFull, "open"},
		{operators.Owner, "no stage", "open"},
	} {
		var opened []string
		for _, c := range []operators.Capability{
			operators.Open, operators.Proving, operators.Account, operators.See, operators.Refund, operators.Money, operators.Manage, "no capability",
		} {
			if (operators.Signed{Person: operators.Person{Role: row.role}, Stage: row.stage}).May(c) {
				opened = append(opened, string(c))
			}
		}
		if got := strings.Join(opened, " "); got != row.opens {
			t.Errorf("%s %s opens %q, want %q", row.role, row.stage, got, row.opens)
		}
	}
}

func TestAllWhoMoveRealMoneyNeedASecondFactor(t *testing.T) {
	for _, role := range operators.Roles() {
		if got, want := role.NeedsSecondFactor(true), role != operators.Viewer; got != want || role.NeedsSecondFactor(false) {
			t.Errorf("%s: %v for real money, %v in test mode", role, got, role.NeedsSecondFactor(false))
		}
	}
}
