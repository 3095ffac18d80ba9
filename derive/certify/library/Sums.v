(* Sums and products over k = 1, ..., K, for every K; Kronecker's delta; arrays with one entry changed. *)
From Coq Require Import Reals Lra Lia Arith FunctionalExtensionality.
Open Scope R_scope.

Fixpoint sum (K : nat) (f : nat -> R) : R := match K with O => 0 | S k => sum k f + f (S k) end.
Fixpoint prod (K : nat) (f : nat -> R) : R := match K with O => 1 | S k => prod k f * f (S k) end.
Definition delta (j k : nat) : R := if (j =? k)%nat then 1 else 0.

(* What the generated statements mean by "a natural number" and "0 or 1", of a real number. *)
Definition natural (x : R) : Prop := exists n : nat, x = INR n.
Definition binary (x : R) : Prop := x = 0 \/ x = 1.

(* ------------------------------------------------------------------ equal terms, equal sums *)
Lemma sum_ext K f g : (forall k, (1 <= k <= K)%nat -> f k = g k) -> sum K f = sum K g.
Proof. induction K; simpl; intros H; [auto|]. rewrite (H (S K)), IHK; auto; try (intros; apply H); lia. Qed.
Lemma prod_ext K f g : (forall k, (1 <= k <= K)%nat -> f k = g k) -> prod K f = prod K g.
Proof. induction K; simpl; intros H; [auto|]. rewrite (H (S K)), IHK; auto; try (intros; apply H); lia. Qed.

(* ------------------------------------------------------------------------------- linearity *)
Lemma sum_plus K f g : sum K (fun k => f k + g k) = sum K f + sum K g.
Proof. induction K; simpl; [|rewrite IHK]; lra. Qed.
Lemma sum_minus K f g : sum K (fun k => f k - g k) = sum K f - sum K g.
Proof. induction K; simpl; [|rewrite IHK]; lra. Qed.
Lemma sum_opp K f : sum K (fun k => - f k) = - sum K f.
Proof. induction K; simpl; [|rewrite IHK]; lra. Qed.
Lemma sum_scal K c f : sum K (fun k => c * f k) = c * sum K f.
Proof. induction K; simpl; [|rewrite IHK]; lra. Qed.
Lemma sum_const K c : sum K (fun _ => c) = c * INR K.
Proof. induction K; [simpl|rewrite S_INR; simpl sum; rewrite IHK]; lra. Qed.
Lemma sum_linear K c f g : sum K (fun k => c * f k + g k) = c * sum K f + sum K g.
Proof. now rewrite sum_plus, sum_scal. Qed.
Lemma sum_swap N K f : sum N (fun i => sum K (fun k => f i k)) = sum K (fun k => sum N (fun i => f i k)).
Proof. induction N; simpl; [|rewrite IHN, sum_plus; auto]. rewrite sum_const; ring. Qed.
(* A sum whose value is known, put in: the fact itself is a hypothesis of the certificate. *)
Lemma sum_fact K c f s : sum K f = s -> sum K (fun k => c * f k) = c * s.
Proof. intros <-; apply sum_scal. Qed.

(* ------------------------------------------------------------------------- Kronecker's delta *)
Lemma delta_sym j k : delta j k = delta k j.
Proof. unfold delta; rewrite Nat.eqb_sym; auto. Qed.
Lemma delta_same j : delta j j = 1.
Proof. unfold delta; rewrite Nat.eqb_refl; auto. Qed.
Lemma sum_delta K j f : (1 <= j <= K)%nat -> sum K (fun k => delta j k * f k) = f j.
Proof.
  induction K; simpl; intros Hj; [lia|]. unfold delta at 2.
  destruct (Nat.eqb_spec j (S K)); [subst|rewrite IHK by lia; lra].
  rewrite (sum_ext _ _ (fun _ => 0)), sum_const; [ring|].
  intros k Hk; unfold delta; destruct (Nat.eqb_spec (S K) k); [lia|ring].
Qed.
Lemma sum_delta_r K j f : (1 <= j <= K)%nat -> sum K (fun k => delta k j * f k) = f j.
Proof.
  intros H. rewrite <- (sum_delta K j f H). apply sum_ext; intros; rewrite delta_sym; auto.
Qed.

(* ----------------------------------------------------------------------------- order and sign *)
Lemma sum_le K f g : (forall k, (1 <= k <= K)%nat -> f k <= g k) -> sum K f <= sum K g.
Proof.
  induction K; simpl; intros H; [lra|]. apply Rplus_le_compat; [apply IHK; intros; apply H|apply H]; lia.
Qed.
Lemma sum_nonneg K f : (forall k, (1 <= k <= K)%nat -> 0 <= f k) -> 0 <= sum K f.
Proof.
  intros H. replace 0 with (sum K (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; auto.
Qed.
Lemma sum_pos K f : (1 <= K)%nat -> (forall k, (1 <= k <= K)%nat -> 0 < f k) -> 0 < sum K f.
Proof.
  intros HK H; destruct K; [lia|]; simpl. apply Rplus_le_lt_0_compat; [|apply H; lia].
  apply sum_nonneg; intros; left; apply H; lia.
Qed.
Lemma sum_zero_inv K f : (forall k, (1 <= k <= K)%nat -> 0 <= f k) -> sum K f = 0 ->
  forall k, (1 <= k <= K)%nat -> f k = 0.
Proof.
  induction K; simpl; intros H E k Hk; [lia|].
  assert (0 <= sum K f) by (apply sum_nonneg; intros; apply H; lia).
  assert (0 <= f (S K)) by (apply H; lia).
  destruct (Nat.eq_dec k (S K)) as [->|]; [lra|].
  apply IHK; [intros; apply H; lia|lra|lia].
Qed.
Lemma sum_pos_inv K f : 0 < sum K f -> (1 <= K)%nat.
Proof. destruct K; simpl; [lra|lia]. Qed.
Lemma sum_upper K f c : (forall k, (1 <= k <= K)%nat -> f k <= c) -> 0 <= INR K * c - sum K f.
Proof.
  intros H. assert (sum K f <= sum K (fun _ => c)) by (apply sum_le; auto). rewrite sum_const in *. lra.
Qed.
Lemma sum_lower K f c : (forall k, (1 <= k <= K)%nat -> c <= f k) -> 0 <= sum K f - INR K * c.
Proof.
  intros H. assert (sum K (fun _ => c) <= sum K f) by (apply sum_le; auto). rewrite sum_const in *. lra.
Qed.

(* ---------------------------------------------------------------------------------- products *)
Lemma prod_pos K f : (forall k, (1 <= k <= K)%nat -> 0 < f k) -> 0 < prod K f.
Proof.
  induction K; simpl; intros H; [lra|]. apply Rmult_lt_0_compat; [apply IHK; intros; apply H|apply H]; lia.
Qed.
Lemma prod_nonneg K f : (forall k, (1 <= k <= K)%nat -> 0 <= f k) -> 0 <= prod K f.
Proof.
  induction K; simpl; intros H; [lra|]. apply Rmult_le_pos; [apply IHK; intros; apply H|apply H]; lia.
Qed.
Lemma prod_zero K f k : (1 <= k <= K)%nat -> f k = 0 -> prod K f = 0.
Proof.
  induction K; simpl; intros Hk E; [lia|].
  destruct (Nat.eq_dec k (S K)) as [->|]; [rewrite E|rewrite IHK by (lia || auto)]; ring.
Qed.
Lemma prod_mult K f g : prod K (fun k => f k * g k) = prod K f * prod K g.
Proof. induction K; simpl; [|rewrite IHK]; ring. Qed.
Lemma prod_one K : prod K (fun _ => 1) = 1.
Proof. induction K; simpl; [|rewrite IHK]; ring. Qed.
Lemma prod_inv K f : prod K (fun k => / f k) = / prod K f.
Proof. induction K; simpl; [now rewrite Rinv_1|]. now rewrite IHK, Rinv_mult. Qed.
Lemma prod_swap N K f : prod N (fun i => prod K (fun k => f i k)) = prod K (fun k => prod N (fun i => f i k)).
Proof. induction N; simpl; [now rewrite prod_one|]. now rewrite IHN, prod_mult. Qed.

(* ------------------------------------------------------------- arrays with one entry changed *)
Definition upd (u : nat -> R) (j : nat) (v : R) : nat -> R := fun k => if (j =? k)%nat then v else u k.
Definition upd2 (u : nat -> nat -> R) (n j : nat) (v : R) : nat -> nat -> R :=
  fun i k => if (n =? i)%nat then (if (j =? k)%nat then v else u i k) else u i k.
Lemma upd_id u j k : upd u j (u j) k = u k.
Proof. unfold upd; destruct (Nat.eqb_spec j k); subst; auto. Qed.
Lemma upd2_id u n j i k : upd2 u n j (u n j) i k = u i k.
Proof. unfold upd2; destruct (Nat.eqb_spec n i); destruct (Nat.eqb_spec j k); subst; auto. Qed.
Lemma upd_same u j : upd u j (u j) = u.
Proof. apply functional_extensionality; intros k; apply upd_id. Qed.
Lemma upd2_same u n j : upd2 u n j (u n j) = u.
Proof. apply functional_extensionality; intros i; apply functional_extensionality; intros k; apply upd2_id. Qed.
Lemma upd_pos K u j v : (forall k, (1 <= k <= K)%nat -> 0 < u k) -> 0 < v ->
  forall k, (1 <= k <= K)%nat -> 0 < upd u j v k.
Proof. intros H Hv k Hk; unfold upd; destruct (j =? k)%nat; auto. Qed.
