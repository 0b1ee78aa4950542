/**
 * Services that are recognised and not parsed, one class each: declarations and nothing more. One
 * that gets a parser moves into a package of its own.
 */
@NullMarked
package io.podtap.sensor.parse.unparsed;

import org.jspecify.annotations.NullMarked;
