package desk

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathKeys = "/keys"

// keyPages are the keys of the merchant's programs.
type keyPages struct{ *desk }

// routes lists them.
func (d keyPages) routes() []route {
	return []route{
		{http.MethodGet, pathKeys, operators.Manage, d.listKeys, "lists the keys of programs"},
		{http.MethodPost, pathKeys, operators.Manage, d.makeKey, "makes a key, and shows it once"},
		{http.MethodGet, pathKeys + "/:id/revoke", operators.Manage, d.askToRevoke, "says what happens when a key is revoked"},
		{http.MethodPost, pathKeys + "/:id/revoke", operators.Manage, d.revokeKey, "revokes a key"},
	}
}

func (d keyPages) listKeys(c echo.Context) error {
	return d.showKeys(c, http.StatusOK, view.KeyForm{Hidden: d.onceFields(), Scopes: scopeChoices(c, nil)})
}

func (d keyPages) showKeys(c echo.Context, code int, f view.KeyForm) error {
	keys, err := d.Merchant.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	f.Action = BasePath + pathKeys
	v := view.Keys{Frame: d.frame(c, "keys"), New: f}
	for _, k := range keys {
		row := view.KeyRow{
			Name: k.Name, Created: d.moment(c, k.CreatedAt), Used: d.moment(c, k.UsedAt), Revoked: d.moment(c, k.RevokedAt),
			RevokeURL: BasePath + pathKeys + "/" + k.ID + "/revoke",
		}
		for _, s := range k.Scopes {
			row.Scopes = append(row.Scopes, string(s))
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Render(c, code, view.KeysPage(v))
}

// scopeChoices are all scopes, with those that are chosen.
func scopeChoices(c echo.Context, chosen []string) (all []view.Tick) {
	for _, s := range checkout.Scopes() {
		all = append(all, view.Tick{Value: string(s), Text: view.Text(c.Request().Context(), "scope."+string(s)), Chosen: slices.Contains(chosen, string(s))})
	}
	return all
}

func (d keyPages) makeKey(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	var scopes []checkout.Scope
	for _, s := range f["scopes"] {
		scopes = append(scopes, checkout.Scope(s))
	}
	m, err := d.once(c, f, func(ctx context.Context) (made, error) {
		key, secret, err := d.Merchant.CreateKey(ctx, f.Get("name"), scopes)
		if err != nil {
			return made{}, err
		}
		return made{key.ID, secret}, d.record(ctx, c, "key.create", "", key.Name)
	})
	if isRefusedForm(err) {
		again := view.KeyForm{
			Name: f.Get("name"), Wrong: wrongText(c, err, "name"), Hidden: []view.Hidden{{Name: onceField, Value: f.Get(onceField)}},
			Scopes: scopeChoices(c, f["scopes"]),
		}
		if wrongText(c, err, "scopes") != "" {
			again.WrongScopes = view.Text(c.Request().Context(), "keys.scopes.required")
		}
		return d.showKeys(c, http.StatusUnprocessableEntity, again)
	}
	if err != nil {
		return err
	}
	return d.showSecret(c, "keys", pathKeys, m)
}

// showSecret shows what was made, once; page is the key of its entry in the navigation.
func (d *desk) showSecret(c echo.Context, page, back string, m made) error {
	ctx := c.Request().Context()
	return web.Render(c, http.StatusOK, view.MadePage(view.Made{
		Frame: d.frame(c, page), Title: view.Text(ctx, "made."+page+".title"), Text: view.Text(ctx, "made."+page+".text"),
		Secret: m.Secret, BackURL: BasePath + back,
	}))
}

// key finds a key of the request's path.
func (d keyPages) key(c echo.Context) (checkout.APIKey, error) {
	keys, err := d.Merchant.Keys(c.Request().Context())
	if err != nil {
		return checkout.APIKey{}, err
	}
	at := slices.IndexFunc(keys, func(k checkout.APIKey) bool { return k.ID == c.Param("id") })
	if at < 0 {
		return checkout.APIKey{}, checkout.ErrNotFound
	}
	return keys[at], nil
}

func (d keyPages) askToRevoke(c echo.Context) error {
	k, err := d.key(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	return web.Render(c, http.StatusOK, view.ConfirmPage(view.Confirm{
		Frame: d.frame(c, "keys"), Title: view.Text(ctx, "revoke.title", k.Name), Text: []string{view.Text(ctx, "revoke.text"), view.Text(ctx, "confirm.undone")},
		Action: BasePath + pathKeys + "/" + k.ID + "/revoke", Button: view.Text(ctx, "keys.revoke"), Danger: true, BackURL: BasePath + pathKeys,
	}))
}

func (d keyPages) revokeKey(c echo.Context) error {
	before, err := d.key(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	k, err := d.Merchant.RevokeKey(ctx, before.ID)
	if err == nil && before.Valid() {
		err = d.record(ctx, c, "key.revoke", "", k.Name)
	}
	if err != nil {
		return err
	}
	return done(c, pathKeys, "key_revoked")
}
