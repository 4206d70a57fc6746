//! The named constraints of the schema, each with the code that people and programs see.

#[macro_use]
mod later;

/// Declares the constraints: variant, name in the schema, code that people see.
macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $code:literal,)*) => {
        /// A named constraint of the schema.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Constraint {
            $($(#[$doc])* $variant,)*
        }

        impl Constraint {
            /// Every constraint that has a name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the schema.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The code that people and programs see.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub(super) fn of(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

with_later! {
    /// Numbers of audit entries begin at one.
    AuditEntrySeq = "audit_entry_seq_check" => "audit.seq",
    /// There is one audit log.
    AuditHeadOne = "audit_head_one_check" => "audit.head",
    /// One image a version.
    FirmwareVersion = "firmware_image_version_key" => "firmware.version_taken",
    /// One version an image.
    FirmwareImage = "firmware_image_sha256_key" => "firmware.image_taken",
    /// A signature has 64 bytes.
    FirmwareSignature = "firmware_image_signature_check" => "firmware.signature",
    /// One rollout of a version in a unit at a time.
    FirmwareRolloutOpen = "firmware_rollout_open_key" => "firmware.rollout_open",
    /// A rollout stands in one of its states.
    FirmwareRolloutState = "firmware_rollout_state_check" => "firmware.state",
    /// A rollout is in one of its stages.
    FirmwareRolloutStage = "firmware_rollout_stage_check" => "firmware.stages",
    /// The failure limit is a share.
    FirmwareRolloutLimit = "firmware_rollout_limit_check" => "firmware.limit",
    /// A device stands in one of the states of a rollout.
    FirmwareTargetState = "firmware_target_state_check" => "firmware.target_state",
    /// The image exists.
    FirmwareImageKnown = "firmware_rollout_image_id_fkey" => "firmware.unknown",
    /// The unit of a rollout exists.
    FirmwareUnitKnown = "firmware_rollout_unit_id_fkey" => "unit.unknown",
    /// The level of a unit is 1 to 4.
    UnitLevel = "unit_level_check" => "unit.level",
    /// The region code has six digits.
    UnitRegionCode = "unit_region_code_check" => "unit.region_code",
    /// A unit is not its own parent.
    UnitParent = "unit_parent_check" => "unit.parent",
    /// The parent unit exists.
    UnitParentKnown = "unit_parent_id_fkey" => "unit.unknown",
    /// A unit is of one of the kinds.
    UnitKind = "unit_kind_check" => "unit.kind",
    /// A unit works, or does not any more.
    UnitStatus = "unit_status_check" => "unit.status",
    /// One unit a credit code.
    UnitCreditCode = "unit_credit_code_key" => "unit.credit_code_taken",
    /// One name among those below one unit.
    UnitSibling = "unit_sibling_key" => "unit.name_taken",
    /// The successor exists.
    UnitSuccessorKnown = "unit_successor_id_fkey" => "unit.unknown",
    /// A merged unit, and no other, has a successor.
    UnitSuccessor = "unit_successor_check" => "unit.status",
    /// The history knows the act.
    UnitHistoryAct = "unit_history_act_check" => "unit.act",
    /// There is one revision.
    UnitRevision = "unit_revision_single_check" => "store.failed",
    /// One line a code.
    LineCode = "line_code_key" => "line.code_taken",
    /// One line a name.
    LineName = "line_name_key" => "line.name_taken",
    /// A unit of a line exists.
    LineUnitKnown = "line_unit_unit_id_fkey" => "unit.unknown",
    /// The unit above is in the line.
    LineAbove = "line_unit_parent_fkey" => "line.above_outside",
    /// A unit of a line is not its own superior.
    LineCircle = "line_unit_parent_check" => "unit.circle",
    /// A unit does not lie below itself.
    UnitCircle = "unit_circle_check" => "unit.circle",
    /// One local role a name in a unit.
    LocalRoleName = "local_role_name_key" => "role.name_taken",
    /// A local role is made of none of the three administrators.
    LocalRoleBase = "local_role_base_check" => "role.administrator",
    /// A local role has functions.
    LocalRoleFunctions = "local_role_functions_check" => "role.empty",
    /// A local role is retired, not changed.
    LocalRoleFinal = "local_role_final_check" => "role.final",
    /// A grant of a local role is what that allows, and where.
    GrantLocalRole = "account_grant_local_role_check" => "grant.local_role",
    /// A grant ends after it begins.
    GrantTerm = "account_grant_during_check" => "grant.term",
    /// A delegation has an end.
    GrantEndless = "account_grant_delegation_check" => "grant.endless",
    /// Nobody is two of the three administrators.
    GrantSeparated = "account_grant_separation_excl" => "grant.separated",
    /// A role is delegated to one at a time.
    GrantDelegated = "account_grant_delegation_excl" => "grant.delegated",
    /// The unit of a grant exists.
    GrantUnitKnown = "account_grant_unit_id_fkey" => "unit.unknown",
    /// One account a login.
    AccountLogin = "account_login_key" => "account.login_taken",
    /// A login is lower case and short.
    AccountLoginForm = "account_login_check" => "account.login_form",
    /// An account's unit exists.
    AccountUnitKnown = "account_unit_id_fkey" => "unit.unknown",
    /// A token belongs to one session.
    AccountSessionToken = "account_session_token_key" => "session.token_taken",
    /// A session is a browser's or a program's.
    AccountSessionKind = "account_session_kind_check" => "session.kind",
    /// A session was vouched for by a password or by the identity provider.
    AccountSessionVouched = "account_session_vouched_by_check" => "session.vouched_by",
    /// One account a subject.
    AccountIdentitySubject = "account_identity_subject_key" => "identity.taken",
    /// One account a staff number.
    AccountIdentityExpected = "account_identity_expected_key" => "identity.taken",
    /// A binding says how the person is recognised.
    AccountIdentityKnown = "account_identity_known_check" => "identity.empty",
    /// One answer a key.
    IdempotentAnswer = "idempotent_answer_pkey" => "request.repeated",
    /// One vehicle a number.
    VehicleNo = "vehicle_no_key" => "vehicle.no_taken",
    /// One vehicle a plate.
    VehiclePlate = "vehicle_plate_key" => "vehicle.plate_taken",
    /// One vehicle a VIN.
    VehicleVin = "vehicle_vin_key" => "vehicle.vin_taken",
    /// The powertrain is one of the known ones.
    VehiclePowertrain = "vehicle_powertrain_check" => "vehicle.powertrain",
    /// A vehicle has 1 to 99 seats.
    VehicleSeats = "vehicle_seats_check" => "vehicle.seats",
    /// A vehicle's unit exists.
    VehicleUnitKnown = "vehicle_unit_id_fkey" => "unit.unknown",
    /// A file is kept once under each kind of a vehicle's papers.
    DocumentContent = "vehicle_document_content_key" => "document.taken",
    /// A paper is what its hash says.
    DocumentHash = "vehicle_document_hash_check" => "document.hash",
    /// A paper without content was deleted by somebody, with a reason.
    DocumentDeletion = "vehicle_document_deletion_check" => "document.deletion",
    /// A lesson takes its time.
    StudyMinutes = "driver_study_minutes_check" => "driver.study_minutes",
    /// A quarter is one of four.
    ScoreQuarter = "driver_score_quarter_check" => "driver.quarter",
    /// A driver's quarter has one score.
    ScoreOnce = "driver_score_pkey" => "driver.quarter",
    /// A lesson is written down once.
    Study = "driver_study_key" => "driver.study_taken",
    /// A seal is for a holiday or not.
    SealKind = "vehicle_seal_kind_check" => "seal.kind",
    /// A seal begins, and ends after it began.
    SealSpan = "vehicle_seal_during_check" => "seal.span",
    /// A sealed car has not been driven.
    SealOdometer = "vehicle_seal_odometer_check" => "seal.odometer",
    /// Who opened a seal and why is known, and only then is it open.
    SealOpening = "vehicle_seal_opening_check" => "seal.opening",
    /// Who approves an opening does not carry it out.
    SealFourEyes = "vehicle_seal_four_eyes_check" => "seal.four_eyes",
    /// A car is sealed once at a time.
    SealAgain = "vehicle_seal_excl" => "seal.already",
    /// A car that is ordered is not sealed.
    SealOrdered = "vehicle_seal_ordered_check" => "seal.vehicle_ordered",
    /// A car that is sealed is not ordered.
    OrderSealed = "dispatch_order_sealed_check" => "order.vehicle_sealed",
    /// A car stays in use over a holiday from its beginning to its end.
    HolidayUseSpan = "holiday_use_during_check" => "seal.span",
    /// A car stays in use once over a holiday.
    HolidayUseAgain = "holiday_use_excl" => "seal.use_already",
    /// One device a terminal id.
    DeviceTerminal = "device_terminal_key" => "device.terminal_taken",
    /// The protocol is one that the gateway speaks.
    DeviceProtocol = "device_protocol_check" => "device.protocol",
    /// The bound device exists.
    BindingDeviceKnown = "device_binding_device_id_fkey" => "device.unknown",
    /// The bound vehicle exists.
    BindingVehicleKnown = "device_binding_vehicle_id_fkey" => "vehicle.unknown",
    /// A device is in one vehicle at a time.
    BindingDevice = "device_binding_device_excl" => "device.already_bound",
    /// A vehicle has one device at a time.
    BindingVehicle = "device_binding_vehicle_excl" => "vehicle.already_bound",
    /// The unit in which a device lies exists.
    DeviceUnitKnown = "device_unit_id_fkey" => "unit.unknown",
    /// The platform that speaks for a device exists.
    DevicePlatformKnown = "device_platform_id_fkey" => "platform.unknown",
    /// One platform a login.
    PlatformLogin = "gb32960_platform_login_key" => "platform.login_taken",
    /// A platform's login has 1 to 12 plain characters.
    PlatformLoginForm = "gb32960_platform_login_check" => "platform.login_form",
    /// A platform's unit exists.
    PlatformUnitKnown = "gb32960_platform_unit_id_fkey" => "unit.unknown",
    /// One platform an access code.
    PlatformAccessCode = "gb32960_platform_access_code_key" => "platform.access_code_taken",
    /// A platform of JT/T 809 has an access code, no other has one.
    PlatformAccessCodeForm = "gb32960_platform_access_code_check" => "platform.access_code",
    /// A platform speaks one of two protocols.
    PlatformProtocol = "gb32960_platform_protocol_check" => "platform.protocol",
    /// The encryption of JT/T 809 has three constants.
    PlatformCipher = "gb32960_platform_cipher_check" => "platform.cipher",
    /// One platform a code.
    PeerCode = "peer_platform_code_key" => "peer.code_taken",
    /// A platform calls itself by plain characters.
    PeerCodeForm = "peer_platform_code_check" => "peer.code",
    /// A platform is of one of four levels.
    PeerLevel = "peer_platform_level_check" => "unit.level",
    /// A platform is of an administrative division.
    PeerRegion = "peer_platform_region_code_check" => "unit.region_code",
    /// Messages are signed in one of the known ways.
    PeerAlgorithm = "peer_platform_algorithm_check" => "peer.algorithm",
    /// The unit beside which a platform stands exists.
    PeerUnitKnown = "peer_platform_unit_id_fkey" => "unit.unknown",
    /// A paper of a platform comes once.
    HandOverPaper = "hand_over_paper_key" => "exchange.repeated",
    /// A request is on one way at a time.
    HandOverOpen = "hand_over_open_key" => "exchange.already_out",
    /// A request goes out or comes in.
    HandOverDirection = "hand_over_direction_check" => "exchange.direction",
    /// It stands in one of its states.
    HandOverState = "hand_over_state_check" => "exchange.hand_over_state",
    /// What is called back goes somewhere.
    HandOverRecalled = "hand_over_recalled_check" => "exchange.hand_over_state",
    /// What is settled has its total.
    HandOverSettled = "hand_over_settled_check" => "exchange.settlement",
    /// Nothing costs less than nothing.
    HandOverTotal = "hand_over_total_positive_check" => "exchange.settlement",
    /// A confidential trip goes to no other platform.
    HandOverConfidential = "hand_over_confidential_check" => "exchange.confidential",
    /// What is over stays as it is.
    HandOverFinal = "hand_over_final_check" => "exchange.final",
    /// Messages of a paper are counted.
    PeerMessageSequence = "peer_message_sequence_key" => "exchange.repeated",
    /// A message is of one of the kinds.
    PeerMessageKind = "peer_message_kind_check" => "exchange.kind",
    /// A message stands in one of its states.
    PeerMessageState = "peer_message_state_check" => "exchange.kind",
    /// A message that is over ended once.
    PeerMessageEnded = "peer_message_ended_check" => "exchange.kind",
    /// A word of ours has one of theirs.
    ExchangeWordOurs = "exchange_word_ours_key" => "exchange.word_taken",
    /// A word of theirs has one of ours.
    ExchangeWordTheirs = "exchange_word_theirs_key" => "exchange.word_taken",
    /// A word is of one of the kinds.
    ExchangeWordKind = "exchange_word_kind_check" => "exchange.word_kind",
    /// A word is not empty.
    ExchangeWordForm = "exchange_word_theirs_check" => "exchange.word",
    /// One vehicle a toll unit.
    VehicleObu = "vehicle_obu_key" => "vehicle.obu_taken",
    /// The state of a command is one of the known ones.
    CommandState = "terminal_command_state_check" => "command.state",
    /// A command ends after it began.
    CommandExpiry = "terminal_command_expiry_check" => "command.expiry",
    /// A frame goes up or down.
    FrameDirection = "device_frame_direction_check" => "frame.direction",
    /// A vehicle begins one trip at an instant.
    TripStart = "trip_vehicle_start_key" => "trip.repeated",
    /// A vehicle begins one stop at an instant.
    StopStart = "vehicle_stop_vehicle_from_key" => "stop.repeated",
    /// An alarm comes from a source that we know.
    AlarmSource = "vehicle_alarm_source_check" => "alarm.source",
    /// An alarm is yellow or red.
    AlarmColour = "vehicle_alarm_colour_check" => "alarm.colour",
    /// An alarm does not end before it begins.
    AlarmSpan = "vehicle_alarm_span_check" => "alarm.span",
    /// An exemption stands on one of the legal bases.
    ExemptionBasis = "vehicle_exemption_basis_check" => "exempt.basis",
    /// An exemption begins, and ends after it began.
    ExemptionSpan = "vehicle_exemption_during_check" => "exempt.span",
    /// Who ended an exemption, and by which document, is known, and only then has it ended.
    ExemptionEnd = "vehicle_exemption_end_check" => "exempt.end",
    /// A vehicle is exempt once at a time.
    ExemptionAgain = "vehicle_exemption_excl" => "exempt.already",
    /// An exemption is ended, not changed.
    ExemptionFinal = "vehicle_exemption_final_check" => "exempt.final",
    /// An exemption does not reach into days that have become history.
    ExemptionHistory = "vehicle_exemption_history_check" => "exempt.history",
    /// Nothing is stored of where an exempt vehicle is.
    VehicleExempt = "vehicle_exempt_check" => "vehicle.exempt",
    /// One account a driver.
    DriverAccount = "driver_account_key" => "driver.account_taken",
    /// A driver works or does not.
    DriverStatusKnown = "driver_status_check" => "driver.status",
    /// A licence is of one of the classes.
    DriverLicence = "driver_licence_check" => "driver.licence_class",
    /// Of a licence's number the last four characters are kept.
    DriverLicenceTail = "driver_licence_tail_check" => "driver.licence_tail",
}
