/** Notices as text for others. */
@NullMarked
package io.podtap.sensor.notice.text;

import org.jspecify.annotations.NullMarked;
