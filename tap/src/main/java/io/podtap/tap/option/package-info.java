/**
 * The options of {@code podtap tap}, each declared once: name, type, default and help. The command
 * line, the environment, files of options, annotations of pods, the options of programs that inject
 * taps, help and manual pages are made from the declarations.
 */
@NullMarked
package io.podtap.tap.option;

import org.jspecify.annotations.NullMarked;
