/**
 * What holds for the whole repository: the house rules, and the programs as users start them.
 *
 * <p>{@code HouseRulesTest} and {@code DocumentationLinksTest} run anywhere. The {@code IT} classes
 * start the launcher in network namespaces of their own ({@link PodNetwork}) and read what it
 * leaves behind; tshark, tcpdump and iperf3 are their oracles and peers.
 */
@NullMarked
package io.podtap.tests;

import org.jspecify.annotations.NullMarked;
