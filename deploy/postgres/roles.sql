-- One database and one role per service: the role owns what lies in its database, and may not even look into another.
-- Run once on an empty server: psql --file roles.sql, with the passwords in the environment.

\getenv contacts_password CRM_CONTACTS_PASSWORD
\getenv sales_password CRM_SALES_PASSWORD
\getenv marketing_password CRM_MARKETING_PASSWORD
\getenv support_password CRM_SUPPORT_PASSWORD
\getenv loyalty_password CRM_LOYALTY_PASSWORD

\set ON_ERROR_STOP on

-- All or none: a password that was forgotten makes no role.
BEGIN;
CREATE ROLE crm_contacts LOGIN PASSWORD :'contacts_password';
CREATE ROLE crm_sales LOGIN PASSWORD :'sales_password';
CREATE ROLE crm_marketing LOGIN PASSWORD :'marketing_password';
CREATE ROLE crm_support LOGIN PASSWORD :'support_password';
CREATE ROLE crm_loyalty LOGIN PASSWORD :'loyalty_password';
COMMIT;

-- An owner may make and change tables, which a migration and a new read model do; it may do nothing to the server.
CREATE DATABASE crm_contacts OWNER crm_contacts;
CREATE DATABASE crm_sales OWNER crm_sales;
CREATE DATABASE crm_marketing OWNER crm_marketing;
CREATE DATABASE crm_support OWNER crm_support;
CREATE DATABASE crm_loyalty OWNER crm_loyalty;

-- Unless told otherwise, a server lets everybody into every database.
REVOKE ALL ON DATABASE postgres, crm_contacts, crm_sales, crm_marketing, crm_support, crm_loyalty FROM PUBLIC;
