package app

import (
	"context"
	"fmt"
	"net/http"
	"net/mail"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"lernspur/apiv1"
	"lernspur/commit"
	"lernspur/delivery"
	"lernspur/digest"
	"lernspur/documents"
	"lernspur/forward"
	"lernspur/store"
	"lernspur/webhook"
)

// OutgoingOptions are about what is sent to others.
type OutgoingOptions struct {
	// Networks are private networks that may be asked.
	Networks []netip.Prefix
	// Mailer hands mail over, and From is its sender; nil: no mail is sent.
	Mailer digest.Mailer
	From   mail.Address
	// DigestTenants are the tenants whose trainers get a weekly digest, on Weekday at
	// Hour.
	DigestTenants []string
	Weekday       time.Weekday
	Hour          int
	// Forward and Webhook bound what is sent; what connects them is filled in here.
	Forward forward.Options
	Webhook webhook.Options
}

// outgoing is what is sent to others.
type outgoing struct {
	node     string
	forwards *forward.Service
	hooks    *webhook.Service
	digests  *digest.Service
}

// startOutgoing takes up what is sent to others. Without doors nothing is: a command
// that runs for a moment leaves that to the server.
func (a *App) startOutgoing(ctx, running context.Context) error {
	sealer, err := delivery.OpenSealer(filepath.Join(a.opts.DataDir, "secrets.key"))
	if err != nil {
		return err
	}
	o := a.opts.Outgoing
	still := a.opts.Addr == ""
	records := deliveryRecords{a.committer, a.store}
	a.outgoing.node = sealer.Sign("node", "")[:32]
	f := o.Forward
	f.Records, f.Feed, f.Attachments, f.Sealer = records, forwardFeed{a.store, a.committer}, forwardAttachments{a}, sealer
	f.Client = delivery.NewClient(delivery.ClientOptions{Networks: o.Networks, Agent: "lernspur/" + a.opts.Version})
	f.Own, f.Node, f.Still, f.Logger, f.Registerer = a.ownAddresses, a.outgoing.node, still, a.log.Named("forward"), a.registry
	a.outgoing.forwards = forward.New(f)
	if err := a.outgoing.forwards.Start(ctx); err != nil {
		return err
	}
	h := o.Webhook
	h.Records, h.Source, h.Sealer = records, hookSource{a}, sealer
	h.Client = delivery.NewClient(delivery.ClientOptions{Networks: o.Networks, Agent: "lernspur/" + a.opts.Version, Timeout: 20 * time.Second})
	h.Own, h.Still, h.Logger, h.Registerer = a.ownAddresses, still, a.log.Named("webhook"), a.registry
	a.outgoing.hooks = webhook.New(h)
	if err := a.outgoing.hooks.Start(ctx); err != nil {
		return err
	}
	a.outgoing.digests = digest.New(digest.Options{
		Records: records, Source: digestSource{a}, Mailer: o.Mailer, Sealer: sealer, From: o.From, Base: a.pagesBase,
		Weekday: o.Weekday, Hour: o.Hour, Logger: a.log.Named("digest"),
	})
	if o.Mailer != nil && !still {
		a.task(func() { a.outgoing.digests.Run(running) })
	}
	return nil
}

// stop ends what is sent.
func (o *outgoing) stop() {
	if o.forwards != nil {
		o.forwards.Stop()
	}
	if o.hooks != nil {
		o.hooks.Stop()
	}
}

// register adds the resources.
func (o *outgoing) register(r *mux.Router, door apiv1.Door, prefix string) {
	o.forwards.NewAPI(prefix).Register(r, door)
	o.hooks.NewAPI(prefix).Register(r, door)
	o.digests.NewAPI(prefix).Register(r, door)
}

// refuseOwn refuses what this very server forwards: a circle that no address shows.
func (o *outgoing) refuseOwn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header[forward.NodeHeader]; len(from) > 0 && slices.Contains(from, o.node) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusLoopDetected)
			_, _ = w.Write([]byte(`{"error":"this server forwards statements to itself"}` + "\n"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownAddresses are the addresses under which this server is known.
func (a *App) ownAddresses() []string {
	list := []string{a.base(), a.opts.Pages, a.opts.Catalog.LaunchBase}
	for _, d := range a.doors {
		if addr := d.listener.Addr(); addr.Network() == "tcp" {
			list = append(list, "http://"+addr.String())
		}
	}
	return list
}

// deliveryRecords are the commit path and the store as what is sent sees them.
type deliveryRecords struct {
	committer *commit.Committer
	store     *store.Store
}

// Replace implements delivery.Records.
func (r deliveryRecords) Replace(ctx context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	return toDelivery(r.committer.Replace(ctx, shelf, docs))
}

// Document implements delivery.Records.
func (r deliveryRecords) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	d, err := r.committer.Document(ctx, key)
	return d, toDelivery(err)
}

// List implements delivery.Records.
func (r deliveryRecords) List(ctx context.Context, part documents.Range) ([]*documents.Document, error) {
	if _, err := r.committer.Wait(ctx); err != nil {
		return nil, toDelivery(err)
	}
	list, err := r.store.Documents(ctx, part)
	return list, toDelivery(err)
}

// Load implements delivery.Records.
func (r deliveryRecords) Load(ctx context.Context, kind documents.Kind, yield func(*documents.Document) error) error {
	return directoryRecords(r).load(ctx, kind, yield)
}

// Clear implements delivery.Records.
func (r deliveryRecords) Clear(ctx context.Context, shelf documents.Shelf) error {
	return toDelivery(r.committer.DeleteAll(ctx, shelf, func(documents.Key) bool { return true }))
}

// toDelivery gives an error the type that package delivery knows.
func toDelivery(err error) error {
	if wait, reason := later(err); reason != "" {
		return fmt.Errorf("%w: %w", &delivery.Busy{RetryAfter: wait, Reason: reason}, err)
	}
	return err
}

// atRisk tells whether a tenant lets it be evaluated who needs support.
func (a *App) atRisk(ctx context.Context, tenant string) (bool, error) {
	settings, err := a.evaluation.Of(ctx, tenant)
	return settings.AtRisk && settings.IdleDays, err // it says for how many days somebody has been idle
}

// pageDigests are the digests as the pages see them.
type pageDigests struct {
	*digest.Service
	opts OutgoingOptions
}

// Enabled implements web.Digests.
func (p pageDigests) Enabled(tenant string) bool {
	return p.opts.Mailer != nil && slices.Contains(p.opts.DigestTenants, tenant)
}
