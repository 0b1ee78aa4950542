/**
 * What a webhook asks the cluster before it puts a tap into a pod: what the namespace lets pods
 * use, whether the API server would take the pod, whether nodes can pull the tap's image.
 *
 * <p>Every question has a deadline, and a right of its own. Without the right it is not asked again
 * for some minutes; without an answer in time the pod is injected as configured, and that is
 * counted.
 */
@NullMarked
package io.podtap.injector.webhook.advice;

import org.jspecify.annotations.NullMarked;
