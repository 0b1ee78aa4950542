/**
 * The injector as the API server calls it: AdmissionReviews in over TLS, JSON patches out, always
 * allowed.
 *
 * <p>{@link io.podtap.injector.webhook.Admission} is pure; {@link
 * io.podtap.injector.webhook.WebhookServer} carries it, one virtual thread per connection;
 * certificates are looked at again and again on a thread of their own.
 *
 * @see "Kubernetes documentation, Dynamic Admission Control; RFC 6902"
 */
@NullMarked
package io.podtap.injector.webhook;

import org.jspecify.annotations.NullMarked;
