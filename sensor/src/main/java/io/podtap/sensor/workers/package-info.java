/**
 * Which worker analyses a frame, and how it gets there: frames in, batches of copied frames out.
 *
 * <p>The thread that reads owns the {@link io.podtap.sensor.workers.WorkerSelection} and the batch
 * that it fills; a full batch belongs to its worker until the worker has given it back.
 */
@NullMarked
package io.podtap.sensor.workers;

import org.jspecify.annotations.NullMarked;
