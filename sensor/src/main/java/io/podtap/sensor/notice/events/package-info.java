/**
 * Notices as Kubernetes Events of the pods that they are about: queue, rate, requests. Its own
 * thread.
 */
@NullMarked
package io.podtap.sensor.notice.events;

import org.jspecify.annotations.NullMarked;
