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
      "Set what taps have sent against what sensors have received.",
      "Exits 0 when it adds up, 1 when it does not, 2 when a source cannot be read."
    })
public final class LedgerCommand implements Program {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|URL",
      description = {
        "Of taps and sensors, in any order: files of --count-json, a sensor's tap.log (JSON or TSV),",
        "and of running ones http://HOST:PORT, their metrics port. What is what shows."
      })
  private List<String> sources = List.of();

  @Option(
      names = "--no-loss",
      description = "Exit 1 also when it adds up, but packets were dropped, failed or lost.")
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
