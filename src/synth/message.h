#pragma once

// The segments that every message has, in UTF-8 (shared/reference/ssmix2.md sections 5, 6 and 9).

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.h"
#include "synth/cohort.h"
#include "synth/dice.h"

namespace mimamori {

/// Who a person is in the messages; all invented.
struct Identity {
  std::string number;   // the hospital's patient number
  std::string names;    // PID-5, both repetitions
  std::string address;  // PID-11
  std::string sex;      // PID-8
  Date birth_date;
  std::string department;  // table 0069
  std::string department_name;
  std::string doctor;  // XCN
  bool has_half_width_kana = false;
  bool has_row_13 = false;
  bool has_jis_x_0212 = false;
};
Identity make_identity(const SimulatedPatient& patient, Dice& dice);

/// A segment from its numbered fields, which must ascend; what is not named stays empty.
std::string segment(std::string_view name, std::initializer_list<std::pair<int, std::string>> fields);

/// YYYYMMDDHHMMSS.
std::string stamp(Date date, int second_of_day);

/// MSH. sent is 14 digits and milliseconds 3; charset is MSH-18.
struct MessageHead {
  std::string_view application;   // MSH-3
  std::string_view organization;  // MSH-4
  std::string type;               // "ADT^A08^ADT_A01"
  std::string sent;
  std::string milliseconds;
  std::string control_id;
  std::string charset;
};
std::string msh(const MessageHead& head);

std::string evn(const std::string& recorded, std::string_view organization);
/// The short PID of all messages but ADT-00.
std::string pid(const Identity& identity);
/// The full PID of ADT-00, with address and time of the last update.
std::string pid_full(const Identity& identity, const std::string& updated);
/// PV1 of an outpatient; visited_at may be empty (orders).
std::string pv1_outpatient(const Identity& identity, const std::string& visited_at);

/// An admission, as PV1 of ADT-22, ADT-52 and of ward orders shows it. Empty texts stay out.
struct WardStay {
  std::string admitted_at;
  std::string discharged_at;
  std::string disposition;
};
std::string pv1_inpatient(const Identity& identity, const WardStay& stay);

/// ORC of an order group.
struct OrderHead {
  std::string action = "NW";  // ORC-1
  std::string number;         // ORC-2
  int group = 1;              // Rp number, in ORC-4
  std::string ordered_at;     // ORC-9
  bool inpatient = false;
};
std::string orc(const Identity& identity, const OrderHead& order, const std::string& hospital_name);

}  // namespace mimamori
