/**
 * Kubernetes objects as plain trees: maps that keep their order, lists, strings, booleans, numbers
 * and null, whether they came as YAML or as JSON; and what changed between two of them.
 *
 * <p>Trees that come in are never changed: who wants another one makes a {@link
 * io.podtap.injector.tree.Tree#copy copy}. Any thread.
 */
@NullMarked
package io.podtap.injector.tree;

import org.jspecify.annotations.NullMarked;
