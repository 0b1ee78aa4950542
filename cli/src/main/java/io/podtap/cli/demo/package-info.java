/**
 * {@code podtap demo}: the main job on real packets, in network namespaces of its own.
 *
 * <p>The programs run as they always do, as child processes of the same image; the demo only makes
 * a place for them, traffic to see, and a readable account of what came out. Everything it makes
 * has its process id in the name and is removed at the end, also after Ctrl-C.
 */
@NullMarked
package io.podtap.cli.demo;

import org.jspecify.annotations.NullMarked;
