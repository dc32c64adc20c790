package samples

import (
	"context"

	"antom-checkout/views/desk"
)

// reconciliation is the page of reports and what differs.
func reconciliation(ctx context.Context) []Page {
	moment := desk.Moment{Text: "28 Nov 2026, 09:14", ISO: "2026-11-28T09:14:00Z"}
	v := desk.Reconciliation{Frame: Frame(ctx, "reconciliation"), Action: "/"}
	empty := desk.ReconciliationPage(v)
	v.Wrong = "transactions_20261127.csv: line 7, column 4: \"12,5\" is no amount"
	v.Files = []desk.ReportFile{{Name: "transactions_20261127.csv", Kind: "transactions", Days: "2026-11-27", Rows: 98, Read: moment}}
	v.Sums = []desk.BatchSum{{Batch: "2026112700001", Kind: "settlement", Type: "PAYMENT", Count: 96, Net: "SGD 4093.80"}}
	v.Differences = []desk.Difference{
		{ID: "1", Class: "amount_differs", Theirs: "SGD 41.00", Ours: "SGD 42.00", Line: 12, Since: moment, OrderURL: "/", Action: "/"},
		{ID: "2", Class: "missing_there", Theirs: "no row", Ours: "SGD 18.00 paid", Since: moment, Action: "/"},
	}
	return []Page{{"desk-reconciliation-empty", empty}, {"desk-reconciliation", desk.ReconciliationPage(v)}}
}
