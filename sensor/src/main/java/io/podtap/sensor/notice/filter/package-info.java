/**
 * What spares detections work: filters of records that cannot matter, and answers that are
 * remembered for texts and pairs which come again and again. None of it has an influence on what is
 * found. Each belongs to one thread.
 */
@NullMarked
package io.podtap.sensor.notice.filter;

import org.jspecify.annotations.NullMarked;
