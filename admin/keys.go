package admin

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"lernspur/directory"
)

func (h *handler) listKeys(w http.ResponseWriter, r *http.Request) error {
	list := []KeyInfo{}
	for _, record := range h.services.Keys.List(r.URL.Query().Get("tenant")) {
		list = append(list, keyInfo(record))
	}
	return answer(w, list)
}

func (h *handler) createKey(w http.ResponseWriter, r *http.Request) error {
	var ask NewKeyRequest
	if err := asked(w, r, &ask); err != nil {
		return err
	}
	binding, err := ask.binding()
	if err != nil {
		return err
	}
	record, secret, err := h.services.Keys.Create(r.Context(), directory.NewKey{
		Tenant: ask.Tenant, Label: ask.Label, Scopes: ask.Scopes, Authority: ask.Authority, Binding: binding,
	})
	if err != nil {
		return err
	}
	return answer(w, NewKey{keyInfo(record), secret})
}

func (h *handler) revokeKey(w http.ResponseWriter, r *http.Request) error {
	if err := h.services.Keys.Revoke(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func keyInfo(r directory.KeyRecord) KeyInfo {
	info := KeyInfo{ID: r.ID, Tenant: r.Tenant, Label: r.Label, Scopes: r.Scopes, Authority: r.Authority,
		Created: time.UnixMicro(r.Created).UTC()}
	if r.Revoked != 0 {
		info.Revoked = time.UnixMicro(r.Revoked).UTC()
	}
	info.Binding = Binding{Actor: r.Binding.Actor, ActivityPrefix: r.Binding.ActivityPrefix, Origin: r.Binding.Origin}
	if r.Binding.Registration != uuid.Nil {
		info.Registration = r.Binding.Registration.String()
	}
	if r.Binding.Expires != 0 {
		info.Expires = time.UnixMicro(r.Binding.Expires).UTC()
	}
	return info
}

// binding is what the directory makes of it.
func (b Binding) binding() (directory.Binding, error) {
	out := directory.Binding{Actor: b.Actor, ActivityPrefix: b.ActivityPrefix, Origin: b.Origin}
	if b.Registration != "" {
		id, err := uuid.Parse(b.Registration)
		if err != nil || len(b.Registration) != 36 || id == uuid.Nil {
			return out, badRequest("the registration %q is not a UUID", b.Registration)
		}
		out.Registration = id
	}
	if !b.Expires.IsZero() {
		out.Expires = b.Expires.UnixMicro()
	}
	return out, nil
}
