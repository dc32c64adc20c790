package desk

import (
	"context"

	"github.com/labstack/echo/v4"
)

// record adds what the signed-in person has done to the operators' log: on which order, or
// about what.
func (d *desk) record(ctx context.Context, c echo.Context, action, order, about string) error {
	return d.People.Record(ctx, actor(c), action, order, about)
}
