/** Notices to a webhook: queue, formats, retries. Its own thread. */
@NullMarked
package io.podtap.sensor.notice.webhook;

import org.jspecify.annotations.NullMarked;
