/**
 * What the command line says of itself: help in groups, suggestions, completion for shells, manual
 * pages. All of it is made from the commands' own declarations.
 *
 * <p>Runs once and ends; one thread.
 *
 * @see "picocli, CommandLine.Model"
 */
@NullMarked
package io.podtap.cli.help;

import org.jspecify.annotations.NullMarked;
