/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.core.config.Program;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code podtap ledger}: does every packet that taps saw appear in the books of the sensors? */
@Command(
    name = "ledger",
    description = {
      "Compare what taps sent with what sensors received.",
      "Exit code 0: it adds up. 1: it does not. 2: a source cannot be read."
    })
public final class LedgerCommand implements Program {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|URL",
      description = {
        "In any order: --count-json files of taps and sensors, a sensor's tap.log (JSON or TSV),",
        "and http://HOST:PORT, the metrics port of a running tap or sensor."
      })
  private List<String> sources = List.of();

  @Option(
      names = "--no-loss",
      description = "Exit code 1 also if packets were dropped, failed or lost.")
  private boolean noLoss;

  @Override
  public Integer call() {
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    Statements statements = new Statements();
    sources.forEach(source -> Sources.read(source, statements));
    Balance balance = Balance.of(statements);
    new LedgerTable(out).print(balance);
    if (!balance.problems().isEmpty()) {
      return 1;
    }
    if (noLoss && !balance.isLossless()) {
      out.println("There were losses.");
      return 1;
    }
    return 0;
  }
}
