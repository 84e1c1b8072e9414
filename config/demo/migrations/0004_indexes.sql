-- Made after the rows, which is faster than keeping them up to date while the rows arrive.

CREATE INDEX vehicles_by_agency ON vehicles (agency_id);
CREATE INDEX launches_by_date ON launches (launch_date);
CREATE INDEX launches_by_time ON launches (launched_at);
CREATE INDEX launches_by_vehicle ON launches (vehicle_id, outcome);
CREATE INDEX payloads_by_launch ON payloads (launch_id);
CREATE INDEX payloads_by_orbit ON payloads (orbit, mass_kg);
