/**
 * The injector's programs: {@code podtap inject}, {@code podtap uninject}, {@code podtap webhook}.
 * Each reads options, calls the pure function in {@link io.podtap.injector.inject} and says what
 * became of every pod, and why.
 */
@NullMarked
package io.podtap.injector;

import org.jspecify.annotations.NullMarked;
