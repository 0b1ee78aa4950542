/**
 * Pod in, pod out: puts a tap into a pod, takes it out again, or says why not.
 *
 * <p>In: the tree of what has a pod's {@code metadata} and {@code spec} (a Pod, or the template in
 * a workload), and what is known of its namespace. Out: another tree, or a reason. Nothing is read,
 * written or asked; the same input gives the same answer. Any thread.
 *
 * @see "docs/injection.md: the truth table"
 */
@NullMarked
package io.podtap.injector.inject;

import org.jspecify.annotations.NullMarked;
