/**
 * Files of Kubernetes objects: YAML or JSON text in, the same text out with only what changed put
 * in its place. Comments, order, quotes and line ends of the rest stay as they are, because the
 * text is cut and joined where the parser says that a node stands; nothing is printed anew.
 *
 * <p>Any thread; nothing is kept.
 *
 * @see "YAML 1.2.2; scalars are read as kubectl reads them, with YAML 1.1's booleans"
 */
@NullMarked
package io.podtap.injector.manifest;

import org.jspecify.annotations.NullMarked;
