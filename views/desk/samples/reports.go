package samples

import (
	"context"
	"strconv"

	"antom-checkout/views/desk"
)

// reports are the pages about what was sold.
func reports(ctx context.Context) []Page {
	text := func(key string) string { return desk.Text(ctx, key) }
	v := desk.Reports{
		Frame: Frame(ctx, "reports"), Grain: "day", From: "2026-11-01", To: "2026-11-14", ExportURL: "/",
		Grains: []desk.Tick{{Value: "day", Text: text("reports.day"), Chosen: true}, {Value: "week", Text: text("reports.week")}},
	}
	empty := desk.ReportsPage(v)
	sgd := desk.SalesView{
		Currency: "SGD", Sold: "S$4,212.00", Refunded: "S$84.00", Net: "S$4,128.00", Fees: desk.Fees{Amounts: []string{"S$118.20"}, Note: desk.Text(ctx, "reports.partly_reconciled", 91, 100)}, Orders: "98",
		Chart:   desk.Chart{Width: 140, Height: 120, First: "2026-11-01", Last: "2026-11-14", Top: "S$612.00"},
		Methods: []desk.SalesRow{salesRow("PayNow", "58", "S$2,500.00", "S$2,458.00"), salesRow("Card", "40", "S$1,712.00", "S$1,670.00")},
	}
	for i := range 14 {
		height := 20 + (i*37)%100
		bar := desk.Bar{X: 10*i + 1, Y: 120 - height, Width: 8, Height: height, Title: "S$" + strconv.Itoa(height*5) + ".00"}
		if i == 5 {
			bar.RefundedHeight = 12
		}
		sgd.Chart.Bars = append(sgd.Chart.Bars, bar)
		sgd.Steps = append(sgd.Steps, desk.SalesRow{Name: "2026-11-" + strconv.Itoa(10+i), Orders: "7", Sold: "S$301.00", Refunds: "0", Refunded: "S$0.00", Net: "S$301.00", Fees: fees(ctx, i)})
	}
	v.Currencies = []desk.SalesView{sgd}
	v.Conversion = []desk.Share{share(text("reports.placed"), "131", ""), share(text("reports.started"), "117", "89 %"), share(text("reports.paid"), "98", "75 %")}
	v.Declines = []desk.Share{share("INSUFFICIENT_BALANCE", "9", "60 %"), share("USER_NOT_EXIST", "6", "40 %")}
	return []Page{{"desk-reports-empty", empty}, {"desk-reports", desk.ReportsPage(v)}}
}

// fees are known of the first days only.
func fees(ctx context.Context, day int) desk.Fees {
	if day > 8 {
		return desk.Fees{Note: desk.Text(ctx, "reports.unreconciled")}
	}
	return desk.Fees{Amounts: []string{"S$8.40", "$1.25"}}
}

func share(name, count, part string) desk.Share {
	return desk.Share{Name: name, Count: count, Part: part}
}

func salesRow(name, orders, sold, net string) desk.SalesRow {
	return desk.SalesRow{Name: name, Orders: orders, Sold: sold, Refunds: "1", Refunded: "S$42.00", Net: net}
}
