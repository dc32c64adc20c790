package desk

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// rowsOfLog is how many entries a page of the log shows.
const rowsOfLog = 50

// logPages show the operators' log.
type logPages struct{ *desk }

func (d logPages) routes() []route {
	return []route{{http.MethodGet, pathLog, operators.Manage, d.showLog, "shows the operators' log"}}
}

func (d logPages) showLog(c echo.Context) error {
	ctx, after := c.Request().Context(), c.QueryParam("after")
	entries, err := d.People.OperatorsLog(ctx, checkout.Window{After: after, Limit: rowsOfLog})
	if err != nil {
		return err
	}
	v := view.Log{Frame: d.frame(c, "log")}
	for _, e := range entries {
		one := view.Entry{
			At: views.Clock(ctx, e.At, d.Now()), Who: e.Name, Address: e.Address, Action: view.Text(ctx, "log."+e.Action), Order: e.Order, About: e.About,
		}
		if !view.HasText("log." + e.Action) {
			one.Action = e.Action
		}
		if e.Order != "" {
			one.OrderURL = BasePath + "/orders/" + e.Order
		}
		v.Entries = append(v.Entries, one)
	}
	if len(entries) == rowsOfLog {
		v.Page.NextURL = BasePath + pathLog + "?" + query("after", entries[rowsOfLog-1].ID)
	}
	if after != "" {
		v.Page.FirstURL = BasePath + pathLog
	}
	return web.Render(c, http.StatusOK, view.LogPage(v))
}
