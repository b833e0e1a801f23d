package io.medallion.common.contract;

import io.medallion.common.Resource;
import io.medallion.common.Sha256;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.ContractRule.Otherwise;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user adds to what an event is, or, as {@link #own}, what it is without that.
 *
 * @param file that declares it, for errors; empty for none
 * @param columns in the order of the file
 * @param rules in the order of the file
 * @param visitorRequired whether a record without a visitor is no event
 * @param fields how a producer gives the fields of the event contract, where not as it asks
 * @param pages which addresses are the same page
 * @param identity what makes two records one event
 * @param batch whether a record holds several events
 * @param sites those whose days are not those of UTC, and others that a user names
 * @param lenient whether what is beside the point is dropped with a flag if it breaks a rule
 * @param pseudonyms which columns hold pseudonyms; a setting names them, not the file
 */
public record Contract(
    String file,
    List<ContractColumn> columns,
    List<ContractRule> rules,
    boolean visitorRequired,
    List<FieldRules> fields,
    PageRules pages,
    IdentityRules identity,
    BatchRules batch,
    List<Site> sites,
    boolean lenient,
    Pseudonyms pseudonyms)
    implements Serializable {
  /** Nothing added. */
  public static final Contract NONE =
      new Contract(
          "",
          List.of(),
          List.of(),
          true,
          List.of(),
          PageRules.AS_SENT,
          IdentityRules.ID_AND_TIME,
          BatchRules.NONE,
          List.of(),
          false,
          Pseudonyms.NONE);

  /** Of ours, those that say who somebody is, and that nothing else is derived from in clear. */
  private static final Set<String> OWN_PSEUDONYMIZED =
      Set.of("user_id", "anonymous_id", "session_id", "ip_address", "user_agent");

  /** Before the name of a contract that ships with the program. */
  private static final String PRESET = "preset:";

  /** The free properties of an event, as a part that may be dropped. */
  private static final String PROPERTIES = "properties";

  private static final int VERSION_BYTES = 6;

  /** Between the two parts of a version. */
  private static final String PLUS = "+";

  /** Read once in a process, by whoever first asks. */
  private static final class Own {
    private static final String FILE = "event.yaml";
    private static final String YAML = Resource.text(Contract.class, FILE);
    private static final Contract CONTRACT = ContractReader.own(FILE, YAML);
    private static final int RULES_VERSION = ContractReader.rulesVersion(FILE, YAML);
  }

  /** Copies the lists. */
  public Contract {
    columns = List.copyOf(columns);
    rules = List.copyOf(rules);
    fields = List.copyOf(fields);
    sites = List.copyOf(sites);
  }

  /** What an event is if nobody adds to it: the columns that silver reads from every event. */
  public static Contract own() {
    return Own.CONTRACT;
  }

  /** The version of the rules that {@link #own} states. */
  public static int rulesVersion() {
    return Own.RULES_VERSION;
  }

  /**
   * The one that a configuration names; {@link #NONE} if it names none. With its pseudonyms.
   *
   * @throws MedallionException if the file cannot be read, or is none; then with every error in it
   */
  public static Contract of(Configuration configuration) {
    return configuration
        .find(Keys.SILVER_CONTRACT)
        .map(Contract::read)
        .orElse(NONE)
        .pseudonymized(configuration);
  }

  /**
   * The same with the pseudonyms of a configuration.
   *
   * @throws MedallionException if it names a column that cannot hold them, or there is no key
   */
  public Contract pseudonymized(Configuration configuration) {
    Pseudonyms named = Pseudonyms.of(configuration);
    named.columns().forEach(this::requirePseudonymizable);
    return with(named);
  }

  /** The same with other pseudonyms. */
  public Contract with(Pseudonyms others) {
    return new Contract(
        file,
        columns,
        rules,
        visitorRequired,
        fields,
        pages,
        identity,
        batch,
        sites,
        lenient,
        others);
  }

  private void requirePseudonymizable(String name) {
    Optional<ContractColumn> column = column(name);
    boolean mayBe =
        OWN_PSEUDONYMIZED.contains(name)
            || column
                .filter(c -> !c.isComputed() && c.type().kind() == ColumnType.Kind.STRING)
                .isPresent();
    if (!mayBe) {
      throw notPseudonymizable(
          name,
          "A column can hold pseudonyms if it is one of %s, or a string that a contract of yours reads."
              .formatted(String.join(", ", new TreeSet<>(OWN_PSEUDONYMIZED))));
    }
  }

  /** The error of a column that cannot hold pseudonyms. */
  public static MedallionException notPseudonymizable(String column, String why) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "%s cannot name %s".formatted(Keys.SILVER_PSEUDONYMIZE.name(), column),
        why,
        "Leave it out; a rule of a contract with `otherwise: redact` drops what silver shall not"
            + " hold.");
  }

  /**
   * Reads one from a file, or takes one that ships, such as {@code preset:segment}.
   *
   * @throws MedallionException if it cannot be read, or is none; then with every error in it
   */
  public static Contract read(String file) {
    if (file.startsWith(PRESET)) {
      return ContractReader.user(file, "preset: " + file.substring(PRESET.length()));
    }
    try {
      return ContractReader.user(file, Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.CONFIG_FILE_UNREADABLE,
          "The contract %s cannot be read".formatted(file),
          e.toString(),
          "Check silver.contract, and that this user may read the file, as UTF-8.",
          e);
    }
  }

  /** A column by its name. */
  public Optional<ContractColumn> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The columns that are read from the event. */
  public List<ContractColumn> read() {
    return columns.stream().filter(column -> !column.isComputed()).toList();
  }

  /** The columns that expressions compute. */
  public List<ContractColumn> computed() {
    return columns.stream().filter(ContractColumn::isComputed).toList();
  }

  /** How a producer gives a field; empty if as the event contract asks. */
  public Optional<FieldRules> field(String name) {
    return fields.stream().filter(field -> field.field().equals(name)).findFirst();
  }

  /** The columns of a campaign that a field names: silver's, by what the event says. */
  public List<ContractColumn> campaign() {
    return fields.stream()
        .filter(FieldRules::isCampaign)
        .map(
            field ->
                new ContractColumn(
                    field.field(),
                    new ColumnType(ColumnType.Kind.STRING, 0, 0),
                    field.from(),
                    null,
                    null,
                    null,
                    false,
                    false,
                    field.values(),
                    "",
                    "",
                    field.place()))
        .toList();
  }

  /** The flags of events whose values were not all taken as they were sent. */
  public Set<String> readingFlags() {
    Set<String> flags = new TreeSet<>();
    fields.forEach(field -> addFlags(field.field(), field.values(), flags));
    columns.forEach(column -> addFlags(column.name(), column.values(), flags));
    if (lenient) {
      flags.add(ValueRules.dropped(PROPERTIES));
    }
    return flags;
  }

  private static void addFlags(String name, ValueRules values, Set<String> flags) {
    if (values.lenient()) {
      flags.add(ValueRules.dropped(name));
    }
    if (values.round()) {
      flags.add(ValueRules.rounded(name));
    }
  }

  /** The rules whose names are flags of events that break them, in order. */
  public List<ContractRule> flagging() {
    return rules.stream().filter(rule -> !rule.refuses()).toList();
  }

  /** The rules of which an event that breaks them is none, in order. */
  public List<ContractRule> refusing() {
    return rules.stream().filter(ContractRule::refuses).toList();
  }

  /**
   * Whether no table but bronze may hold the bytes of a record that is no event: what it says of
   * consent is not known, or has no pseudonym in it.
   */
  public boolean isWithholding() {
    return pseudonyms.isOn()
        || rules.stream().anyMatch(rule -> rule.otherwise() == Otherwise.REDACT);
  }

  /** Whether it declares nothing. */
  public boolean isEmpty() {
    return columns.isEmpty()
        && rules.isEmpty()
        && visitorRequired
        && fields.isEmpty()
        && pages.equals(PageRules.AS_SENT)
        && identity.equals(IdentityRules.ID_AND_TIME)
        && !batch.isDeclared()
        && sites.isEmpty()
        && !lenient;
  }

  /**
   * What tells it from another one, by what it means: comments, order and the places of a file do
   * not count. Behind that of what it declares is that of its pseudonyms. Null if there is neither.
   */
  public String version() {
    if (!pseudonyms.isOn()) {
      return declared();
    }
    return isEmpty() ? pseudonyms.version() : declared() + PLUS + pseudonyms.version();
  }

  /**
   * What {@link Pseudonyms#version} was when a row was made.
   *
   * @param version of the row's contract; may be null
   */
  public static String pseudonymsOf(String version) {
    if (version == null) {
      return "";
    }
    String last = version.substring(version.indexOf(PLUS) + 1);
    return last.startsWith("p") ? last : "";
  }

  /**
   * Whether rows of two versions were refused for the same: by which key pseudonyms were made, or
   * would have been, is none.
   */
  public static boolean refuseAlike(String one, String other) {
    return Objects.equals(withoutKey(one), withoutKey(other));
  }

  private static String withoutKey(String version) {
    String key = pseudonymsOf(version);
    return key.isEmpty() ? version : version.substring(0, version.length() - key.length() + 1);
  }

  private String declared() {
    if (isEmpty()) {
      return null;
    }
    StringBuilder text = new StringBuilder().append(visitorRequired).append('\n');
    columns.stream()
        .sorted(Comparator.comparing(ContractColumn::name))
        .forEach(
            c ->
                text.append(c.name())
                    .append('\0')
                    .append(c.type())
                    .append('\0')
                    .append(c.from())
                    .append('\0')
                    .append(c.expr())
                    .append('\0')
                    .append(c.bounds())
                    .append('\0')
                    .append(c.wholeNumbers())
                    .append(c.values().isStrict() ? "" : c.values())
                    .append('\n'));
    rules.stream()
        .sorted(Comparator.comparing(ContractRule::name))
        .forEach(
            r ->
                text.append(r.name())
                    .append('\0')
                    .append(r.when())
                    .append('\0')
                    .append(r.check())
                    .append('\0')
                    .append(r.otherwise())
                    .append(r.fields().isEmpty() ? "" : new TreeSet<>(r.fields()))
                    .append('\n'));
    fields.stream()
        .sorted(Comparator.comparing(FieldRules::field))
        .forEach(
            f ->
                text.append(f.field())
                    .append('\0')
                    .append(f.from())
                    .append(f.values())
                    .append('\n'));
    if (!pages.equals(PageRules.AS_SENT)) {
      text.append(pages).append('\n');
    }
    sites.stream()
        .sorted(Comparator.comparing(Site::name))
        .forEach(s -> text.append(s.name()).append('\0').append(s.zone().getId()).append('\n'));
    if (!identity.ignored().isEmpty() || lenient) {
      text.append(new TreeSet<>(identity.ignored().stream().map(JsonPath::toString).toList()))
          .append(lenient)
          .append('\n');
    }
    if (identity.isIdAlone()) {
      text.append("within").append(identity.within()).append('\n');
    }
    if (batch.isDeclared()) {
      text.append("batch").append(batch.names());
      if (!batch.shared().isEmpty()) {
        text.append(" share").append(batch.shared());
      }
      text.append('\n');
    }
    return HexFormat.of().formatHex(Sha256.of(text.toString()), 0, VERSION_BYTES);
  }

  /**
   * The error of something that it declares.
   *
   * @param wrong what is wrong and what would be right
   */
  public MedallionException invalid(Place place, String wrong) {
    return invalid(file, List.of(new ContractProblem(place, wrong)));
  }

  /** The error of several. */
  public static MedallionException invalid(String file, List<ContractProblem> problems) {
    return new MedallionException(
        ErrorCode.CONTRACT_INVALID,
        "%s is not a valid contract: %s"
            .formatted(file, problems.size() == 1 ? "one error" : problems.size() + " errors"),
        String.join(
            System.lineSeparator() + "          ",
            problems.stream().map(ContractProblem::toString).toList()),
        "Correct what is named; `medallion contract check` says whether it is right.");
  }
}
