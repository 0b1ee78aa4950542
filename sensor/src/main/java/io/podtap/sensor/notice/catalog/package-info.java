/** The list of all detections. */
@NullMarked
package io.podtap.sensor.notice.catalog;

import org.jspecify.annotations.NullMarked;
