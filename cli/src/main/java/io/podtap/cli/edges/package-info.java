/**
 * {@code podtap edges}: which workloads talk to each other. In: {@code conn.log} and {@code
 * identity.log} of a sensor, JSON or tab-separated, compressed or not ({@code LogFiles}, {@code
 * LogReader}). Between: one {@code Edge} for each pair of workloads, port and protocol, in a table
 * bounded in bytes. Out: texts ({@code EdgeText}) or NetworkPolicies ({@code PolicyPlan}, {@code
 * PolicyYaml}). Texts of logs may come from the network: names are validated, and nothing else
 * reaches the output unescaped. One thread.
 */
@NullMarked
package io.podtap.cli.edges;

import org.jspecify.annotations.NullMarked;
